#include "full_listener.hpp"
#include "raw_server.hpp"

#include <offhook/agent/net/curl_http_client.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

using namespace offhook;
using namespace offhook::agent::net;
using namespace std::chrono_literals;
using What = NetError::What;

namespace {

constexpr auto kPatience = 20s;  // Long enough for a loaded machine. A successful test needs much less time.
const std::string kNoHost = "http://" + std::string(64, 'a') + ".invalid";  // The label is too long for a DNS query.

std::string whole(std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

/// The result of one request.
struct Outcome {
  HttpHead head;
  std::string body;
  std::optional<NetError> error;
  int heads = 0, bodies = 0, ends = 0;
  std::unique_ptr<HttpTransfer> transfer;

  HttpHandler handler() {
    return {[this](const HttpHead& got) { head = got, ++heads; }, [this](std::string_view bytes) { body += bytes, ++bodies; },
            [this](std::optional<NetError> got) { error = std::move(got), ++ends; }};
  }
};

struct Net {
  template <class Done>
  void run_until(Done done) {
    io.restart();
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (!done() && std::chrono::steady_clock::now() < give_up) {
      if (io.stopped()) io.restart();
      io.run_one_for(100ms);
    }
    REQUIRE(done());
  }
  /// Runs the event loop until no handler is ready.
  void settle() {
    io.restart();
    while (io.poll() > 0) {}
  }
  HttpRequest request(std::string url, std::string body = "") {
    HttpRequest made;
    made.url = std::move(url);
    made.body = std::move(body);
    return made;
  }
  void ask(Outcome& outcome, HttpRequest what) {
    outcome.transfer = client->start(std::move(what), outcome.handler());
    run_until([&] { return outcome.ends > 0; });
  }
  void ask(Outcome& outcome, std::string path = "/") { ask(outcome, request(server.url(path))); }
  void answer_with(std::string bytes, std::size_t step = std::string::npos, bool close = false) {
    server.answer = [bytes, step, close](test::RawServer::Connection& connection, const std::string&) {
      connection.write(bytes, step);
      if (close) connection.close();
    };
  }

  boost::asio::io_context io;
  test::RawServer server{io};
  std::optional<CurlHttpClient> client{std::in_place, io};
};

}  // namespace

TEST_CASE_FIXTURE(Net, "CurlHttpClient sends the request as given, and delivers head, body and end of the response in this order") {
  answer_with(whole("hello", "X-Thing:  some value \r\nx-empty:\r\n"));
  Outcome outcome;
  std::string order;
  auto what = request(server.url("/v1/x?y=z"), "{\"a\":1}");
  what.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer k"}, {"x-none", ""}};
  outcome.transfer =
      client->start(std::move(what), {[&](const HttpHead& head) { outcome.head = head, order += 'h'; },
                                      [&](std::string_view bytes) { outcome.body += bytes, order += 'b'; },
                                      [&](std::optional<NetError> error) { outcome.error = std::move(error), order += 'e'; }});
  CHECK(order.empty());
  run_until([&] { return order.ends_with('e'); });
  CHECK(order == "hbe");
  CHECK(outcome.head.status == 200);
  CHECK(outcome.head.header("x-thing") == "some value");
  CHECK(outcome.body == "hello");
  CHECK_FALSE(outcome.error.has_value());
  REQUIRE(server.requests.size() == 1);
  const std::string& sent = server.requests[0];
  CHECK(sent.starts_with("POST /v1/x?y=z HTTP/1.1\r\n"));
  CHECK(sent.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
  CHECK(sent.find("\r\nAuthorization: Bearer k\r\n") != std::string::npos);
  CHECK(sent.find("\r\nUser-Agent: Offhook\r\n") != std::string::npos);
  CHECK(sent.find("Expect") == std::string::npos);
  CHECK(sent.ends_with("\r\n\r\n{\"a\":1}"));
}

TEST_CASE_FIXTURE(Net, "The target of CurlHttpClient's request is the URL's path and query as written, with the path \"/\" if the URL has none [RFC 9112 section 3.2.1]") {
  answer_with(whole("x"));
  const std::string root = server.url("");
  for (const auto& [written, asked] : {std::pair<std::string, std::string>{"", "/"},
                                       {"/", "/"},
                                       {"?a=b&c", "/?a=b&c"},
                                       {"/where?q=now", "/where?q=now"},
                                       {"/a%20b/%2Fc?d=%3F/?e", "/a%20b/%2Fc?d=%3F/?e"},
                                       {"/a#part", "/a"},
                                       {"#part", "/"}}) {
    CAPTURE(written);
    Outcome outcome;
    auto what = request(root + written);
    what.method = "GET";
    ask(outcome, std::move(what));
    const std::string& sent = server.requests.back();
    CHECK(sent.substr(0, sent.find("\r\n")) == "GET " + asked + " HTTP/1.1");
    CHECK(sent.find("\r\nHost: " + root.substr(root.find("://") + 3) + "\r\n") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient reads an interim response, and the head and chunks of the final response, if they arrive octet by octet") {
  answer_with(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n5;ext=1\r\ndefgh\r\n0\r\nTrailer: t\r\n\r\n",
      1);
  Outcome outcome;
  ask(outcome);
  CHECK(outcome.heads == 1);
  CHECK(outcome.head.status == 404);
  CHECK(outcome.head.header("link") == "");
  CHECK(outcome.body == "abcdefgh");
  CHECK_FALSE(outcome.error);
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient delivers the octets of a body when they arrive, before the end of the response") {
  std::shared_ptr<test::RawServer::Connection> open;
  server.answer = [&](test::RawServer::Connection& connection, const std::string&) {
    open = connection.shared_from_this();
    open->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  };
  Outcome outcome;
  outcome.transfer = client->start(request(server.url()), outcome.handler());
  run_until([&] { return outcome.body == "abc"; });
  CHECK(outcome.ends == 0);
  open->write("1\r\nd\r\n0\r\n\r\n");
  run_until([&] { return outcome.ends == 1; });
  CHECK(outcome.body == "abcd");
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient sends forms with binary content") {
  answer_with(whole(""));
  auto what = request(server.url());
  what.form = {{"file", std::string("RI\0FF\r\n", 7), "turn.wav", "audio/wav"}, {"model", "whisper", "", ""}};
  Outcome outcome;
  ask(outcome, std::move(what));
  const std::string& sent = server.requests.at(0);
  CHECK(sent.find("Content-Type: multipart/form-data; boundary=") != std::string::npos);
  CHECK(sent.find("form-data; name=\"file\"; filename=\"turn.wav\"\r\nContent-Type: audio/wav\r\n\r\n" +
                  std::string("RI\0FF\r\n", 7)) != std::string::npos);
  CHECK(sent.find("form-data; name=\"model\"\r\n\r\nwhisper\r\n") != std::string::npos);
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient reuses a connection, and opens another one if the server has closed the first") {
  answer_with(whole("1"));
  Outcome first, second, third;
  ask(first);
  ask(second);
  CHECK(server.accepted == 1);
  server.connections.at(0)->close();
  run_until([&] { return server.ended == 1; });
  ask(third);
  CHECK(third.body == "1");
  CHECK(server.accepted == 2);
}

TEST_CASE_FIXTURE(Net, "warm() opens a connection, and the first request uses this connection") {
  answer_with("HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\n");  // The response to a HEAD has no body.
  client->warm(server.url("/v1/chat"));
  client->warm(server.url("/v1/audio"));
  run_until([&] { return server.requests.size() == 1; });
  settle();
  CHECK(server.requests[0].starts_with("HEAD / HTTP/1.1\r\n"));
  answer_with(whole("ok"));
  Outcome outcome;
  ask(outcome);
  CHECK(outcome.body == "ok");
  CHECK(server.accepted == 1);
  CHECK(server.requests.size() == 2);
  client->warm("nonsense");
  settle();
}

TEST_CASE_FIXTURE(Net, "warm() does nothing if the client has just sent a request to the same host") {
  answer_with(whole("ok"));
  Outcome outcome;
  ask(outcome);
  client->warm(server.url("/v1/chat"));
  settle();
  Outcome next;
  ask(next);
  CHECK(server.requests.size() == 2);
  CHECK(server.requests[1].starts_with("POST "));
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient ends a request at its time limit, even if a part of the response has arrived") {
  answer_with("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  auto stalled = request(server.url());
  stalled.total_limit = 1s;
  Outcome half;
  ask(half, std::move(stalled));
  REQUIRE(half.error);
  CHECK(half.error->what == What::Timeout);
  CHECK(half.error->detail == "no complete answer from " + server.url("") + " within 1000 ms");
  CHECK(half.body == "abc");
}

TEST_CASE_FIXTURE(Net, "If CurlHttpClient gets no connection, its error names the shorter of connect_limit and total_limit") {
  const test::FullListener full;
  for (const auto& [connect, total] : {std::pair{30ms, 60'000ms}, std::pair{3000ms, 30ms}}) {
    auto what = request(full.url());
    what.connect_limit = connect;
    what.total_limit = total;
    Outcome outcome;
    ask(outcome, std::move(what));
    REQUIRE(outcome.error);
    CHECK(outcome.error->what == What::Timeout);
    CHECK(outcome.error->detail == "no connection to " + full.url() + " within 30 ms");
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient reports the kind of a server's fault") {
  const auto error_of = [&](const std::string& bytes) {
    answer_with(bytes, std::string::npos, true);
    Outcome outcome;
    ask(outcome);
    return outcome.error;
  };
  SUBCASE("the server closes in the middle of a body with a length") {
    const auto error = error_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    REQUIRE(error);
    CHECK(error->what == What::Closed);
  }
  SUBCASE("the server closes in the middle of a chunked body") {
    const auto error = error_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    REQUIRE(error);
    CHECK(error->what == What::Closed);
  }
  SUBCASE("the server closes before a response") {
    answer_with("x");
    server.answer = [](test::RawServer::Connection& connection, const std::string&) { connection.close(); };
    Outcome outcome;
    ask(outcome);
    REQUIRE(outcome.error);
    CHECK(outcome.error->what == What::Closed);
  }
  SUBCASE("the server does not speak HTTP") {
    const auto error = error_of("SSH-2.0-x\r\n");
    REQUIRE(error);
    CHECK(error->what == What::Protocol);
  }
  SUBCASE("a body without a length is complete when the server closes") { CHECK_FALSE(error_of("HTTP/1.1 200 OK\r\n\r\nabc")); }
  SUBCASE("no server listens at the port") {
    std::string url;
    {
      test::RawServer gone(io);
      url = gone.url();
    }
    Outcome outcome;
    ask(outcome, request(url));
    REQUIRE(outcome.error);
    CHECK(outcome.error->what == What::Refused);
    CHECK(outcome.error->detail.find("refuses the connection: check the URL, and that the server runs") != std::string::npos);
  }
  SUBCASE("the host is unknown") {
    Outcome outcome;
    ask(outcome, request(kNoHost + "/"));
    REQUIRE(outcome.error);
    CHECK(outcome.error->what == What::NotFound);
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient limits the size of a body, with and without Content-Length") {
  const auto ask_for = [&](const std::string& bytes) {
    answer_with(bytes);
    auto what = request(server.url());
    what.max_body = 1000;
    Outcome outcome;
    ask(outcome, std::move(what));
    return outcome.error;
  };
  const auto chunked = [](std::size_t octets) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string("64\r\n") + std::string(100, 'a') + "\r\n" +
           (octets == 1000 ? "384\r\n" : "385\r\n") + std::string(octets - 100, 'b') + "\r\n0\r\n\r\n";
  };
  CHECK_FALSE(ask_for(whole(std::string(1000, 'a'))));
  CHECK_FALSE(ask_for(chunked(1000)));
  for (const std::string& bytes : {whole(std::string(1001, 'a')), chunked(1001)}) {
    const auto error = ask_for(bytes);
    REQUIRE(error);
    CHECK(error->what == What::TooLarge);
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient limits the headers of a response") {
  const auto with_count = [&](std::size_t count) {
    std::string headers;
    for (std::size_t i = 1; i < count; ++i) headers += "x: y\r\n";
    answer_with(whole("", headers));
    Outcome outcome;
    ask(outcome);
    return outcome.error;
  };
  CHECK_FALSE(with_count(CurlHttpClient::kMaxHeaders));
  auto error = with_count(CurlHttpClient::kMaxHeaders + 1);
  REQUIRE(error);
  CHECK(error->what == What::TooLarge);

  const auto with_octets = [&](std::size_t octets) {
    const std::string rest = whole("");
    std::string headers = "x: " + std::string(octets / 2 - 5, 'y') + "\r\n";
    headers += "x: " + std::string(octets - rest.size() - headers.size() - 5, 'y') + "\r\n";
    answer_with(whole("", headers));
    Outcome outcome;
    ask(outcome);
    return outcome.error;
  };
  CHECK_FALSE(with_octets(CurlHttpClient::kMaxHeaderBytes));
  error = with_octets(CurlHttpClient::kMaxHeaderBytes + 1);
  REQUIRE(error);
  CHECK(error->what == What::TooLarge);
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient runs a hundred requests at the same time") {
  server.answer = [](test::RawServer::Connection& connection, const std::string& request) {
    connection.write(whole(request.substr(0, request.find(" HTTP"))), 7);
  };
  std::vector<Outcome> outcomes(100);
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    outcomes[i].transfer = client->start(request(server.url("/" + std::to_string(i))), outcomes[i].handler());
  run_until(
      [&] { return std::all_of(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) { return outcome.ends > 0; }); });
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    CHECK(outcomes[i].body == "POST /" + std::to_string(i));
    CHECK(outcomes[i].ends == 1);
  }
}

TEST_CASE_FIXTURE(Net, "After a transfer is destroyed, in any state, CurlHttpClient calls none of its handlers") {
  answer_with("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
  SUBCASE("the transfer is destroyed immediately after start()") {
    Outcome outcome;
    outcome.transfer = client->start(request(server.url()), outcome.handler());
    outcome.transfer.reset();
    settle();
    CHECK(outcome.heads + outcome.bodies + outcome.ends == 0);
    CHECK(server.accepted == 0);
  }
  SUBCASE("the transfer is destroyed while it waits for the response") {
    server.answer = [](test::RawServer::Connection&, const std::string&) {};
    Outcome outcome;
    outcome.transfer = client->start(request(server.url()), outcome.handler());
    run_until([&] { return server.requests.size() == 1; });
    outcome.transfer.reset();
    run_until([&] { return server.ended == 1; });  // The server sees that the connection ends.
    CHECK(outcome.heads + outcome.bodies + outcome.ends == 0);
  }
  SUBCASE("the transfer is destroyed in on_head") {
    Outcome outcome;
    auto handler = outcome.handler();
    handler.on_head = [&](const HttpHead&) {
      ++outcome.heads;
      outcome.transfer.reset();
    };
    outcome.transfer = client->start(request(server.url()), std::move(handler));
    run_until([&] { return server.ended == 1; });
    CHECK(outcome.heads == 1);
    CHECK(outcome.bodies + outcome.ends == 0);
  }
  SUBCASE("the transfer is destroyed in on_body") {
    Outcome outcome;
    auto handler = outcome.handler();
    handler.on_body = [&](std::string_view) {
      ++outcome.bodies;
      outcome.transfer.reset();
    };
    outcome.transfer = client->start(request(server.url()), std::move(handler));
    run_until([&] { return server.ended == 1; });
    CHECK(outcome.bodies == 1);
    CHECK(outcome.ends == 0);
  }
  SUBCASE("the transfer is destroyed in on_end, which starts the next request") {
    answer_with(whole("x"));
    Outcome outcome, next;
    auto handler = outcome.handler();
    handler.on_end = [&](std::optional<NetError>) {
      outcome.transfer = client->start(request(server.url("/next")), next.handler());
    };
    outcome.transfer = client->start(request(server.url()), std::move(handler));
    run_until([&] { return next.ends == 1; });
    CHECK(next.body == "x");
  }
  SUBCASE("the transfer is destroyed in on_head of another transfer") {
    Outcome first, second;
    const auto stop_all = [&](const HttpHead&) {
      first.transfer.reset();
      second.transfer.reset();
    };
    auto one = first.handler(), two = second.handler();
    one.on_head = two.on_head = stop_all;
    first.transfer = client->start(request(server.url()), std::move(one));
    second.transfer = client->start(request(server.url()), std::move(two));
    run_until([&] { return !first.transfer && !second.transfer; });
    settle();
    CHECK(first.bodies + first.ends + second.bodies + second.ends == 0);
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient may be destroyed while transfers run, even in a handler") {
  answer_with("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
  Outcome outcome, other;
  SUBCASE("the client is destroyed outside of handlers") {
    outcome.transfer = client->start(request(server.url()), outcome.handler());
    run_until([&] { return outcome.heads == 1; });
    client.reset();
    settle();
    CHECK(outcome.ends == 0);
    outcome.transfer.reset();
  }
  SUBCASE("the client is destroyed in a handler") {
    auto handler = outcome.handler();
    handler.on_head = [&](const HttpHead&) { client.reset(); };
    other.transfer = client->start(request(server.url()), other.handler());
    outcome.transfer = client->start(request(server.url()), std::move(handler));
    run_until([&] { return !client; });
    settle();
    CHECK(outcome.bodies + outcome.ends == 0);
    CHECK(other.ends == 0);
  }
  SUBCASE("the client is destroyed before it reports a refusal") {
    outcome.transfer = client->start(request("file:///etc/passwd"), outcome.handler());
    client.reset();
    settle();
    CHECK(outcome.ends == 0);
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient follows no redirect, so that a key goes only to the requested host") {
  answer_with("HTTP/1.1 302 Found\r\nLocation: " + server.url("/elsewhere") + "\r\nContent-Length: 0\r\n\r\n");
  Outcome outcome;
  ask(outcome);
  CHECK(outcome.head.status == 302);
  CHECK_FALSE(outcome.error);
  CHECK(server.requests.size() == 1);
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient refuses URLs and headers that it does not support, and reports this after start() has returned") {
  const auto refused = [&](HttpRequest what) {
    Outcome outcome;
    outcome.transfer = client->start(std::move(what), outcome.handler());
    CHECK(outcome.ends == 0);
    run_until([&] { return outcome.ends == 1; });
    return outcome.error && outcome.error->what == What::Local;
  };
  CHECK(refused(request("file:///etc/passwd")));
  CHECK(refused(request("ftp://127.0.0.1/x")));
  CHECK(refused(request("")));
  CHECK(refused(request("http://user:word@127.0.0.1/")));
  auto injected = request(server.url());
  injected.headers = {{"x", "y\r\nz: evil"}};
  CHECK(refused(injected));
  injected.headers = {{"x y", "z"}};
  CHECK(refused(injected));
  injected.headers.clear();
  injected.method = "GET / HTTP/1.1\r\nx";
  CHECK(refused(injected));
  CHECK(server.requests.empty());
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient runs at most kMaxTransfers requests") {
  std::vector<Outcome> held(CurlHttpClient::kMaxTransfers);
  for (Outcome& outcome : held) outcome.transfer = client->start(request(server.url()), outcome.handler());
  Outcome beyond;
  beyond.transfer = client->start(request(server.url()), beyond.handler());
  for (Outcome& outcome : held) outcome.transfer.reset();
  run_until([&] { return beyond.ends == 1; });
  REQUIRE(beyond.error);
  CHECK(beyond.error->what == What::Local);
  CHECK(beyond.error->detail == "too many requests run at once");
  for (const Outcome& outcome : held) CHECK(outcome.ends == 0);
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient uses the proxy in its options, and ignores the proxy in the environment variables") {
  test::RawServer proxy(io);
  proxy.answer = [](test::RawServer::Connection& connection, const std::string&) { connection.write(whole("by proxy")); };
  const auto body_by = [&](ProxyRules rules) {
    CurlOptions options;
    options.proxies = std::move(rules);
    client.emplace(io, std::move(options));
    Outcome outcome;
    ask(outcome, request(kNoHost + ":80/x"));
    return outcome.error ? "error" : outcome.body;
  };
  setenv("http_proxy", proxy.url("").c_str(), 1);
  setenv("no_proxy", "*", 1);
  CHECK(body_by({}) == "error");
  ProxyRules rules;
  rules.for_http = *parse_proxy(proxy.url(""));
  CHECK(body_by(rules) == "by proxy");
  unsetenv("http_proxy");
  unsetenv("no_proxy");
  CHECK(proxy.requests.back().starts_with("POST " + kNoHost + "/x HTTP/1.1\r\n"));
  rules.direct = {kNoHost.substr(7)};
  CHECK(body_by(rules) == "error");
  client.reset();
}

TEST_CASE_FIXTURE(Net, "A client for the local network reuses its connections, and follows no redirect to an address outside the local network") {
  CurlOptions options;
  options.local_only = true;
  client.emplace(io, std::move(options));
  answer_with("HTTP/1.1 307 Elsewhere\r\nLocation: http://192.0.2.66/\r\nContent-Length: 0\r\n\r\n");
  for (int i = 0; i < 2; ++i) {
    Outcome outcome;
    ask(outcome);
    CHECK_FALSE(outcome.error);
    CHECK(outcome.head.status == 307);
  }
  CHECK(server.accepted == 1);
}

TEST_CASE_FIXTURE(Net, "If a reused connection closes, CurlHttpClient sends the request again, unless the request has at_most_once") {
  for (const bool at_most_once : {false, true}) {
    server.requests.clear();
    answer_with(whole("kept"));
    Outcome first;
    ask(first);
    server.answer = [](test::RawServer::Connection& connection, const std::string&) { connection.close(); };
    Outcome second;
    auto what = request(server.url("/pay"), "{}");
    what.at_most_once = at_most_once;
    ask(second, std::move(what));
    CHECK(second.error);
    CHECK(server.requests.size() == (at_most_once ? 2 : 3));
  }
}
