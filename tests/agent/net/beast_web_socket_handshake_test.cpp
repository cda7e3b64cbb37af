#include "web_socket_line.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

using namespace offhook;
using namespace offhook::test;
using namespace std::chrono_literals;
using agent::net::NetError;

TEST_CASE_FIXTURE(SecureHouse, "The handshake has the client's headers and the URL's target without change, and offers no compression") {
  Caller caller;
  Line line;
  WebSocketRequest request;
  request.url = url("/v1/realtime?model=gpt-realtime", "localhost", "wss");
  request.headers = {{"Authorization", "Bearer key"}, {"OpenAI-Project", "p"}};
  caller.open(line, request);
  caller.until([&] { return line.open; });
  const std::lock_guard lock(mutex);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].target == "/v1/realtime?model=gpt-realtime");
  CHECK(requests[0].header("authorization") == "Bearer key");
  CHECK(requests[0].header("openai-project") == "p");
  CHECK(requests[0].header("host") == "localhost:" + std::to_string(server->port()));
  CHECK(requests[0].header("sec-websocket-extensions").empty());
  CHECK(requests[0].header("user-agent") == "Offhook");
}

TEST_CASE_FIXTURE(SecureHouse, "The second socket to a host resumes the TLS session of the first") {
  Caller caller;
  for (const char* expected : {"no", "yes", "yes"}) {
    Line line;
    caller.open(line, url("/echo", "localhost", "wss"));
    line.socket->send_text("resumed?");
    caller.until([&] { return line.texts.size() == 1; });
    CHECK(line.texts[0] == expected);
  }
}

TEST_CASE("The handshake fails if the server's certificate is not trusted, or is for another host") {
  const SecureHouse stranger;
  Caller distrusting(false);
  Line line;
  distrusting.open(line, stranger.url("/echo", "localhost", "wss"));
  distrusting.until([&] { return !line.closed.empty(); });
  REQUIRE(line.closed[0].error.has_value());
  CHECK(line.closed[0].error->what == NetError::What::Tls);
  CHECK(line.closed[0].error->detail.find("is not trusted") != std::string::npos);
  CHECK(!line.open);

  const auto elsewhere = services::make_certificate({"elsewhere.example.com"});
  const House other({elsewhere.certificate_pem, elsewhere.key_pem, false});
  const CaFile its_file(elsewhere.certificate_pem);
  Caller caller;
  caller.client = std::move(*agent::net::make_beast_web_socket_client(caller.io, {its_file.path, 300ms}));
  for (const char* host : {"localhost", "127.0.0.1"}) {
    Line wrong;
    caller.open(wrong, other.url("/echo", host, "wss"));
    caller.until([&] { return !wrong.closed.empty(); });
    REQUIRE(wrong.closed[0].error.has_value());
    CHECK(wrong.closed[0].error->what == NetError::What::Tls);
    INFO(wrong.closed[0].error->detail);
    CHECK(wrong.closed[0].error->detail.find(host[0] == 'l' ? "hostname mismatch" : "IP address mismatch") != std::string::npos);
  }
}

TEST_CASE("make_beast_web_socket_client() returns an error if it cannot read the CA file") {
  boost::asio::io_context io;
  const auto made = agent::net::make_beast_web_socket_client(io, {"/nonexistent/ca.pem", 1s});
  REQUIRE(!made.has_value());
  CHECK(made.error().detail.find("/nonexistent/ca.pem") != std::string::npos);
}

TEST_CASE("wss to a server without TLS, and ws to a server with TLS, fail before the time limit") {
  const House plain;
  const SecureHouse secure;
  Caller caller;
  Line line, other;
  caller.open(line, plain.url("/echo", "localhost", "wss"));
  caller.until([&] { return !line.closed.empty(); });
  REQUIRE(line.closed[0].error.has_value());
  CHECK(line.closed[0].error->what != NetError::What::Timeout);
  caller.open(other, secure.url("/echo"));
  caller.until([&] { return !other.closed.empty(); });
  REQUIRE(other.closed[0].error.has_value());
  CHECK(other.closed[0].error->what != NetError::What::Timeout);
}

TEST_CASE_FIXTURE(House, "The error of a refused handshake has the status and Retry-After, but no text of the response body") {
  Caller caller;
  Line unauthorised, too_many, none;
  caller.open(unauthorised, url("/401"));
  caller.open(too_many, url("/429"));
  caller.open(none, url("/200"));
  caller.until([&] { return unauthorised.closed.size() + too_many.closed.size() + none.closed.size() == 3; });
  CHECK(unauthorised.closed[0].status == 401);
  REQUIRE(unauthorised.closed[0].error.has_value());
  CHECK(unauthorised.closed[0].error->what == NetError::What::Refused);
  CHECK(unauthorised.closed[0].error->detail.find("secret") == std::string::npos);
  CHECK(too_many.closed[0].status == 429);
  CHECK(too_many.closed[0].retry_after == "7");
  CHECK(std::count(too_many.closed[0].headers.begin(), too_many.closed[0].headers.end(), std::pair<std::string, std::string>("x-reason", "too many")) == 1);
  CHECK(none.closed[0].status == 200);
}

TEST_CASE_FIXTURE(House, "The client reports an error if the server answers with another protocol, or does not answer the handshake") {
  const House mute({"", "", true});
  Caller caller;
  Line nonsense, never, mute_tls, mute_plain;
  caller.open(nonsense, url("/nonsense"));
  WebSocketRequest request;
  request.connect_limit = 300ms;
  request.url = url("/never");
  caller.open(never, request);
  request.url = mute.url("/", "localhost", "wss");
  caller.open(mute_tls, request);
  request.url = mute.url("/");
  caller.open(mute_plain, request);
  caller.until([&] { return nonsense.closed.size() + never.closed.size() + mute_tls.closed.size() + mute_plain.closed.size() == 4; });
  REQUIRE(nonsense.closed[0].error.has_value());
  CHECK(nonsense.closed[0].error->what == NetError::What::Protocol);
  for (const Line* line : {&never, &mute_tls, &mute_plain}) {
    REQUIRE(line->closed[0].error.has_value());
    CHECK(line->closed[0].error->what == NetError::What::Timeout);
    CHECK(line->closed[0].code == 1006);
  }
}

TEST_CASE_FIXTURE(SecureHouse, "If its thread stalls for longer than the connect limit, the client still opens its sockets. A silent server causes a timeout") {
  const House mute({"", "", true});
  Caller caller;
  Line line, silent;
  WebSocketRequest request;
  request.connect_limit = 2s;
  request.url = url("/echo", "localhost", "wss");
  caller.open(line, request);
  request.url = mute.url("/", "localhost", "wss");
  caller.open(silent, request);
  while (caller.io.poll_one() == 0) {
  }
  for (const auto end = base::Clock::now() + request.connect_limit * 5 / 4; base::Clock::now() < end;) {  // Keeps the thread busy while the peers answer.
  }
  caller.until([&] { return line.open; });
  caller.until([&] { return silent.closed.size() == 1; });
  CHECK(silent.closed[0].error->what == NetError::What::Timeout);
  CHECK(line.closed.empty());
}

TEST_CASE("The client reports an error for an unused port, an unknown host, a bad URL and a header with a line break") {
  Caller caller;
  Line refused, nowhere, no_url, bad_header;
  std::uint16_t port = 0;
  { port = House().server->port(); }
  caller.open(refused, "ws://127.0.0.1:" + std::to_string(port) + "/");
  caller.open(nowhere, "ws://" + std::string(64, 'a') + ".invalid/");  // The label is too long for a DNS query.
  caller.open(no_url, "http://127.0.0.1/");
  WebSocketRequest request;
  request.url = "ws://127.0.0.1/";
  request.headers = {{"Authorization", "Bearer secret\r\nX: y"}};
  caller.open(bad_header, request);
  CHECK(no_url.closed.empty());  // on_closed never comes from within open().
  caller.until([&] { return refused.closed.size() + nowhere.closed.size() + no_url.closed.size() + bad_header.closed.size() == 4; });
  CHECK(refused.closed[0].error->what == NetError::What::Refused);
  CHECK(nowhere.closed[0].error->what == NetError::What::NotFound);
  CHECK(no_url.closed[0].error->what == NetError::What::Local);
  CHECK(bad_header.closed[0].error->what == NetError::What::Local);
  CHECK(bad_header.closed[0].error->detail.find("secret") == std::string::npos);
}
