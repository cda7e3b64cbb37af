#include "../../providers/fake_http.hpp"

#include <offhook/agent/tools/mcp/http_wire.hpp>
#include <offhook/agent/tools/mcp/rpc_message.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using What = NoAnswer::What;

namespace {

const net::Headers kJson = {{"content-type", "application/json"}}, kStream = {{"content-type", "text/event-stream; charset=utf-8"}};
const std::string kAnswer = R"({"jsonrpc":"2.0","id":1,"result":{}})";

struct Line {
  explicit Line(HttpWireOptions options = {"https://tools.example/mcp", config::Secret("t0ken"), {{"x-team", config::Secret("7")}}, 5s, std::nullopt})
      : wire(std::move(options), http, handler()) {}

  WireHandler handler() {
    WireHandler made;
    made.on_text = [this](std::string_view json) {
      texts.emplace_back(json);
      if (const auto read = read_messages(json); read && !read->empty() && read->front().number()) wire.settled(*read->front().number());
    };
    made.on_deadline = [this] { ++deadlines; };
    made.on_no_answer = [this](std::uint64_t id, NoAnswer why) { missing.emplace_back(id, std::move(why)); };
    return made;
  }
  void send(std::uint64_t id, std::string method = "tools/list", bool modern = false, std::string revision = "2025-11-25") {
    Outgoing message;
    message.id = id;
    message.method = std::move(method);
    message.modern = modern;
    message.revision = std::move(revision);
    message.body = "{}";
    wire.send(std::move(message));
  }
  /// The session that the first answer begins.
  void begin_session(const std::string& id) {
    send(100, "initialize", false, "");
    http.answer(http.all.size() - 1, 200, R"({"jsonrpc":"2.0","id":100,"result":{}})", {{"content-type", "application/json"}, {"mcp-session-id", id}});
    texts.clear();
  }
  [[nodiscard]] std::string header(std::size_t index, std::string_view name) const {
    for (const auto& [key, value] : http.all[index]->request.headers) {
      if (key == name) return value;
    }
    return "none";
  }
  void advance(base::Duration by) {
    wire.on_time(now);
    now += by;
    wire.on_time(now);
  }

  test::FakeHttp http;
  HttpWire wire;
  base::TimePoint now{1h};
  int deadlines = 0;
  std::vector<std::string> texts;
  std::vector<std::pair<std::uint64_t, NoAnswer>> missing;
};

}  // namespace

TEST_CASE("A server is asked by https, or on this machine") {
  for (const char* good : {"https://tools.example/mcp", "http://127.0.0.1:3001/mcp", "http://localhost/mcp", "http://[::1]:80/", "https://10.0.0.1/x?y=z"})
    CHECK_FALSE(fault_of_url(good));
  for (const char* bad : {"", "tools.example", "ftp://x/", "http://tools.example/mcp", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/",
                          "http://127.evil.example.com/", "https://user:pass@tools.example/", "http://127.0.0.1@evil.example/", "https://tools.example/#x", "https://",
                          "http://10.0.0.1/", "https://a b/"}) {
    CAPTURE(bad);
    CHECK(fault_of_url(bad));
  }
}

TEST_CASE("A request is a POST that takes both kinds of answer [MCP 2025-11-25 basic/transports]") {
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

TEST_CASE("In the modern era headers mirror the message [MCP 2026-07-28 basic/transports/streamable-http]") {
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

TEST_CASE("A stream's events are messages, up to the answer; the rest is read away") {
  Line line;
  line.send(1);
  line.http.head(0, 200, kStream);
  line.http.body(0, "id: 1\ndata:\n\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\ndata: " + kAnswer);
  CHECK(line.texts.size() == 1);
  line.http.body(0, "\n\ndata: more\n\n");
  CHECK(line.texts.size() == 2);
  CHECK(line.texts[1] == kAnswer);
  CHECK_FALSE(line.http.all[0]->aborted);
  line.http.body(0, "data: more\n\n");
  line.http.end(0);
  CHECK(line.texts.size() == 2);
  CHECK(line.missing.empty());
}

TEST_CASE("Who stops waiting closes the stream; answered streams that do not end are closed in the end") {
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

TEST_CASE("Why there is no answer is told by what came, never in the server's words") {
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
  CHECK(of(404, "").what == What::Refused);  // There was no session to be gone.
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

TEST_CASE("A session is kept from the handshake on, and is gone with a 404 [MCP 2025-11-25 basic/transports]") {
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

TEST_CASE("A late word on an old session leaves the one of now alone") {
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

TEST_CASE("A request that was accepted is lost, and never refused, whatever its stream's resumption is answered [MCP 2025-11-25 basic/transports]") {
  for (const int status : {400, 404, 405, 500}) {
    CAPTURE(status);
    Line line;
    line.begin_session("s");
    line.send(1, "tools/call");
    line.http.head(1, 200, kStream);
    line.http.body(1, "id: e1\ndata:\n\n");
    line.http.break_off(1);
    line.advance(1s);
    REQUIRE(line.http.all.size() == 3);
    line.http.answer(2, status, "");
    REQUIRE(line.missing.size() == 1);
    CHECK(line.missing[0].second.what == What::Lost);
    CHECK(line.missing[0].second.session_over == (status == 404));
    line.send(2);
    CHECK(line.header(3, "mcp-session-id") == (status == 404 ? "none" : "s"));
  }
}

TEST_CASE("However soon a server wants to be asked again, streams are taken up in peace") {
  Line line;
  line.send(1);
  line.wire.on_opened("2025-11-25", false);
  for (std::size_t at = 0; at < 2; ++at) {
    line.http.head(at, 200, kStream);
    line.http.body(at, "id: 1\nretry: 0\ndata:\n\n");
    line.http.end(at);
  }
  line.advance(499ms);
  CHECK(line.http.all.size() == 2);
  line.advance(1ms);
  CHECK(line.http.all.size() == 4);
  for (int i = 0; i < 600; ++i) {
    for (std::size_t at = 2; at < line.http.all.size(); ++at) {
      line.http.head(at, 200, kStream);
      line.http.body(at, "id: 1\nretry: 0\ndata:\n\n");
      line.http.end(at);
    }
    line.advance(100ms);
  }
  // Within that minute: the call's stream five times in all, the server's own five times and once after a minute.
  CHECK(line.http.all.size() <= 2 + 2 * kMaxResumes + 1);
  CHECK(line.missing.size() == 1);
}

TEST_CASE("A server that calls an unknown session a bad request has lost it, too") {
  const std::string said = R"({"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null})";
  Line line;
  line.send(1);
  line.http.answer(0, 400, said);
  CHECK(line.missing.at(0).second.what == What::Refused);  // There was none.
  line.begin_session("s");
  line.send(2);
  line.http.answer(2, 400, said);
  CHECK(line.missing.at(1).second.what == What::SessionGone);
  line.begin_session("s");
  line.send(3);
  line.http.answer(4, 400, "");
  CHECK(line.missing.at(2).second.what == What::Refused);
}

TEST_CASE("Only what can be a session's id is one, up to its bound") {
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

TEST_CASE("A stream that ends before its answer is taken up again where it was, when its server wants [MCP 2025-11-25 basic/transports]") {
  Line line;
  line.begin_session("s");
  line.send(1);
  line.http.head(1, 200, kStream);
  line.http.body(1, "id: e1\nretry: 500\ndata:\n\n");
  line.http.end(1);
  CHECK(line.missing.empty());
  CHECK(line.deadlines == 1);  // Who owns it has to look at once.
  REQUIRE(line.wire.next_deadline());
  line.advance(499ms);
  CHECK(line.http.all.size() == 2);
  line.advance(1ms);
  REQUIRE(line.http.all.size() == 3);
  CHECK(line.http.all[2]->request.method == "GET");
  CHECK(line.header(2, "last-event-id") == "e1");
  CHECK(line.header(2, "accept") == "text/event-stream");
  CHECK(line.header(2, "mcp-session-id") == "s");
  line.http.head(2, 200, kStream);
  line.http.body(2, "id: e2\ndata: " + kAnswer + "\n\n");
  CHECK(line.texts == std::vector<std::string>{kAnswer});
  CHECK_FALSE(line.wire.next_deadline());
}

TEST_CASE("A stream is taken up a few times without anything new, no more; one without ids, or a modern one, not at all") {
  Line line;
  line.send(1);
  std::size_t at = 0;
  for (unsigned i = 0; i <= kMaxResumes; ++i) {
    line.http.head(at, 200, kStream);
    line.http.body(at, i == 0 ? "id: e1\n\n" : "");
    line.http.end(at++);
    if (i < kMaxResumes) CHECK(line.missing.empty());
    line.advance(2s);
  }
  CHECK(line.http.all.size() == kMaxResumes + 1);
  CHECK(line.missing.size() == 1);
  for (const bool modern : {false, true}) {
    Line other;
    other.send(1, "tools/list", modern);
    other.http.head(0, 200, kStream);
    other.http.body(0, modern ? "id: e1\ndata:\n\n" : "data:\n\n");
    other.http.end(0);
    CHECK(other.missing.size() == 1);
  }
}

TEST_CASE("In the legacy era a server may speak by itself, where it offers to [MCP 2025-11-25 basic/transports]") {
  Line line;
  line.wire.on_opened("2025-06-18", false);
  REQUIRE(line.http.all.size() == 1);
  CHECK(line.http.all[0]->request.method == "GET");
  CHECK(line.header(0, "mcp-protocol-version") == "2025-06-18");
  line.http.head(0, 200, kStream);
  line.http.body(0, "id: 9\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n");
  CHECK(line.texts.size() == 1);
  line.http.end(0);
  CHECK(line.deadlines == 1);
  line.advance(1s);
  REQUIRE(line.http.all.size() == 2);
  CHECK(line.header(1, "last-event-id") == "9");
  for (const int status : {409, 500, 503}) {  // It may have one later.
    Line other;
    other.wire.on_opened("2025-06-18", false);
    other.http.answer(0, status, "");
    other.advance(59s);
    CHECK(other.http.all.size() == 1);
    other.advance(1s);
    CHECK(other.http.all.size() == 2);
  }
  Line unreachable;
  unreachable.wire.on_opened("2025-06-18", false);
  for (std::size_t i = 0; i < 20; ++i) {
    unreachable.http.break_off(i);
    unreachable.advance(1min);
    CHECK(unreachable.http.all.size() == i + 2);
  }
  for (const int status : {400, 404, 405, 406, 200}) {
    Line other;
    other.wire.on_opened("2025-06-18", false);
    other.http.answer(0, status, "", kJson);
    other.advance(1h);
    CHECK(other.http.all.size() == 1);
    CHECK(other.missing.empty());
  }
  Line modern;
  modern.wire.on_opened("2026-07-28", true);
  CHECK(modern.http.all.empty());
}

TEST_CASE("What a server sends is bounded: an answer, an event, and messages that nothing answers") {
  Line line;
  line.send(1);
  line.http.answer(0, 200, std::string(3 * kMaxMessageBytes, ' '), kJson);
  REQUIRE(line.texts.size() == 1);
  CHECK(line.texts[0].size() == kMaxMessageBytes + 1);  // Which no reader takes.
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

TEST_CASE("At its end a session is deleted, and whoever waits is told when that is done [MCP 2025-11-25 basic/transports]") {
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
