#include "wire_line.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using test::kAnswer, test::kJson, test::kStream, test::Line;
using What = NoAnswer::What;

TEST_CASE("net::fault_of_url refuses a URL that is neither https nor on this machine") {
  for (const char* good : {"https://tools.example/mcp", "http://127.0.0.1:3001/mcp", "http://localhost/mcp", "http://[::1]:80/", "https://10.0.0.1/x?y=z"})
    CHECK_FALSE(net::fault_of_url(good));
  for (const char* bad : {"", "tools.example", "ftp://x/", "http://tools.example/mcp", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/",
                          "http://127.evil.example.com/", "https://user:pass@tools.example/", "http://127.0.0.1@evil.example/", "https://tools.example/#x", "https://",
                          "http://10.0.0.1/", "https://a b/"}) {
    CAPTURE(bad);
    CHECK(net::fault_of_url(bad));
  }
}

TEST_CASE("If plain http is allowed, net::fault_of_url accepts http URLs with an address of the local network or a host name") {
  for (const char* good : {"http://192.168.1.20:3001/mcp", "http://10.0.0.1/", "http://[fd00::1]:80/x", "http://[fe80::1]/", "http://tools.lan/mcp", "http://127.0.0.1/", "https://tools.example/"})
    CHECK_FALSE(net::fault_of_url(good, true));
  for (const char* bad : {"http://192.0.2.1/", "http://172.32.0.1/", "http://[2001:db8::1]/", "http://[::ffff:192.0.2.1]/", "http://user@tools.lan/", "ftp://10.0.0.1/", "http://"}) {
    CAPTURE(bad);
    CHECK(net::fault_of_url(bad, true));
  }
  CHECK(net::crosses_in_clear("http://tools.lan/"));
  CHECK(net::crosses_in_clear("http://10.0.0.1:80/"));
  for (const char* other : {"http://127.0.0.1/", "http://localhost:3001/", "http://[::1]/", "https://10.0.0.1/", ""}) CHECK_FALSE(net::crosses_in_clear(other));
}

TEST_CASE("HttpWire sends a message as a POST that accepts JSON and an event stream [MCP 2025-11-25 basic/transports]") {
  Line line;
  line.send(1);
  const auto& request = line.http.all[0]->request;
  CHECK(request.method == "POST");
  CHECK(request.url == "https://tools.example/mcp");
  CHECK(request.body == "{}");
  CHECK(line.header(0, "accept") == "application/json, text/event-stream");
  CHECK(line.header(0, "content-type") == "application/json");
  CHECK(line.header(0, "authorization") == "Bearer t0ken");
  CHECK(line.header(0, "x-team") == "7");
  CHECK(line.header(0, "mcp-protocol-version") == "2025-11-25");
  CHECK(line.header(0, "mcp-method") == "none");
  CHECK(line.header(0, "mcp-session-id") == "none");
  line.http.answer(0, 200, kAnswer, kJson);
  CHECK(line.texts == std::vector<std::string>{kAnswer});
  CHECK(line.missing.empty());
}

TEST_CASE("In the modern protocol, HttpWire repeats members of the message in headers [MCP 2026-07-28 basic/transports/streamable-http]") {
  Line line;
  Outgoing message;
  message.id = 1;
  message.method = "tools/call";
  message.name = " odd";
  message.modern = true;
  message.revision = "2026-07-28";
  message.headers = {{"Mcp-Param-Region", "eu"}};
  message.body = "{}";
  line.wire.send(message);
  CHECK(line.header(0, "mcp-method") == "tools/call");
  CHECK(line.header(0, "mcp-name") == "=?base64?IG9kZA==?=");
  CHECK(line.header(0, "Mcp-Param-Region") == "eu");
  CHECK(line.header(0, "mcp-protocol-version") == "2026-07-28");
}

TEST_CASE("HttpWire forbids the HTTP client to repeat tools/call, and allows it for other requests") {
  Line line;
  Outgoing message;
  message.revision = "2025-11-25";
  message.body = "{}";
  for (const char* method : {"tools/call", "tools/list", "initialize", "ping"}) {
    ++message.id;
    message.method = method;
    line.wire.send(message);
    CHECK(line.http.all.back()->request.at_most_once == (message.method == "tools/call"));
  }
}

TEST_CASE("HttpWire::stop() closes a stream. If too many answered streams do not end, HttpWire closes the oldest") {
  Line line;
  line.send(1);
  line.wire.stop(1);
  CHECK(line.http.all[0]->aborted);
  for (std::uint64_t id = 2; id < 8; ++id) {
    line.send(id);
    line.http.head(id - 1, 200, kStream);
    line.http.body(id - 1, "data: {\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) + ",\"result\":{}}\n\n");
  }
  CHECK(line.texts.size() == 6);
  CHECK(line.http.all[1]->aborted);
  CHECK_FALSE(line.http.all[6]->aborted);
}

TEST_CASE("HttpWire derives the reason for a missing answer from the status, and uses no text of the server") {
  const auto of = [](int status, const std::string& body, const net::Headers& headers = {}) {
    Line line;
    line.send(1);
    line.http.answer(0, status, body, headers);
    REQUIRE(line.missing.size() == 1);
    CHECK(line.missing[0].first == 1);
    CHECK(line.missing[0].second.why.find("secret") == std::string::npos);
    return line.missing[0].second;
  };
  CHECK(of(200, "").what == What::Lost);
  CHECK(of(202, "").what == What::Lost);
  CHECK(of(200, "", kStream).what == What::Lost);
  CHECK(of(401, "secret").what == What::Auth);
  CHECK(of(403, "").what == What::Auth);
  CHECK(of(404, "").what == What::Refused);  // The wire has no session that it could lose.
  CHECK(of(307, "", {{"location", "https://evil.example/"}}).what == What::Refused);
  const auto modern = of(400, R"({"jsonrpc":"2.0","id":null,"error":{"code":-32022,"message":"secret","data":{"supported":["2025-11-25"]}}})");
  CHECK(modern.what == What::Refused);
  CHECK(modern.status == 400);
  CHECK(modern.code == kUnsupportedVersion);
  CHECK(modern.data == R"({"supported":["2025-11-25"]})");
  CHECK(of(500, "<html>secret</html>").code == 0);
  Line line;
  line.send(1);
  line.http.break_off(0);
  REQUIRE(line.missing.size() == 1);
  CHECK(line.missing[0].second.what == What::Lost);
}

TEST_CASE("HttpWire sends the session id of the handshake in all requests until a 404 ends the session [MCP 2025-11-25 basic/transports]") {
  Line line;
  line.begin_session("abc-1");
  CHECK(line.header(0, "mcp-session-id") == "none");
  line.send(1);
  CHECK(line.header(1, "mcp-session-id") == "abc-1");
  line.http.answer(1, 404, "");
  REQUIRE(line.missing.size() == 1);
  CHECK(line.missing[0].second.what == What::SessionGone);
  line.send(2, "initialize", false, "");
  CHECK(line.header(2, "mcp-session-id") == "none");
  line.http.answer(2, 404, "");
  CHECK(line.missing[1].second.what == What::Refused);
  CHECK_FALSE(line.missing[1].second.session_over);
}

TEST_CASE("HttpWire does not end the current session after a late 404 for an old session") {
  Line line;
  line.begin_session("old");
  line.send(1);
  line.send(2);
  line.http.answer(1, 404, "");
  CHECK(line.missing.at(0).second.session_over);
  line.begin_session("new");
  line.http.answer(2, 404, "");
  CHECK(line.missing.at(1).second.what == What::SessionGone);
  CHECK_FALSE(line.missing.at(1).second.session_over);
  line.send(3);
  CHECK(line.header(line.http.all.size() - 1, "mcp-session-id") == "new");
}

TEST_CASE("HttpWire also takes a 400 about an unknown session as a lost session") {
  const std::string said = R"({"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null})";
  Line line;
  line.send(1);
  line.http.answer(0, 400, said);
  CHECK(line.missing.at(0).second.what == What::Refused);  // The wire has no session.
  line.begin_session("s");
  line.send(2);
  line.http.answer(2, 400, said);
  CHECK(line.missing.at(1).second.what == What::SessionGone);
  line.begin_session("s");
  line.send(3);
  line.http.answer(4, 400, "");
  CHECK(line.missing.at(2).second.what == What::Refused);
  line.begin_session("s");
  line.send(4);  // The error has the id of the request, so the server may have carried out the request. The wire does not send it again.
  line.http.answer(6, 400, R"({"jsonrpc":"2.0","error":{"code":-32000,"message":"paid, and then this"},"id":4})");
  CHECK(line.missing.at(3).second.what == What::Refused);
}

TEST_CASE("HttpWire accepts a session id of at most kMaxSessionId visible characters") {
  const auto kept = [](const std::string& id) {
    Line line;
    line.begin_session(id);
    line.send(1);
    return line.header(line.http.all.size() - 1, "mcp-session-id") == id;
  };
  CHECK(kept(std::string(kMaxSessionId, 'a')));
  CHECK_FALSE(kept(std::string(kMaxSessionId + 1, 'a')));
  CHECK_FALSE(kept("a b"));
  CHECK_FALSE(kept(""));
  CHECK_FALSE(kept("\xc3\xa9"));
}

TEST_CASE("HttpWire bounds the size of answers and events, and the number of sent messages without a response") {
  Line line;
  line.send(1);
  line.http.answer(0, 200, std::string(3 * kMaxMessageBytes, ' '), kJson);
  REQUIRE(line.texts.size() == 1);
  CHECK(line.texts[0].size() == kMaxMessageBytes + 1);  // The reader refuses a message of this size.
  line.send(2);
  line.http.head(1, 200, kStream);
  line.http.body(1, "id: 1\ndata: x\n\ndata: " + std::string(SseParser::kMaxLine, 'x'));
  CHECK(line.missing.size() == 2);
  for (std::size_t i = 0; i < kMaxUnanswered + 1; ++i) line.send(0);
  CHECK(line.http.all.size() == 2 + kMaxUnanswered);
  line.http.answer(2, 202, "");
  line.send(0);
  CHECK(line.http.all.size() == 3 + kMaxUnanswered);
}

TEST_CASE("HttpWire::shut_down() deletes the session, and reports when this is done [MCP 2025-11-25 basic/transports]") {
  Line line;
  line.begin_session("s");
  line.send(1);
  int done = 0;
  line.wire.shut_down([&done] { ++done; });
  CHECK(done == 0);
  CHECK(line.http.all[1]->aborted);
  REQUIRE(line.http.all.size() == 3);
  CHECK(line.http.all[2]->request.method == "DELETE");
  CHECK(line.header(2, "mcp-session-id") == "s");
  line.http.end(2);
  CHECK(done == 1);
  Line without;
  without.wire.shut_down([&done] { ++done; });
  CHECK(done == 2);
  CHECK(without.http.all.empty());
}
