#include <offhook/tests/sip/transport/web_socket_peer.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <offhook/sip/transport/web_socket_stream.hpp>

using namespace offhook;
using namespace offhook::transport_test;
using namespace std::chrono_literals;
using offhook_test::wait_until;
using sip::Transport;

// --- the handshake ---------------------------------------------------------------------------------------------------------

TEST_CASE("The edge accepts a WebSocket for the subprotocol sip [RFC 6455 section 1.3] [RFC 7118 section 4.1]") {
  WebSocketEdge server;
  Browser browser(server.port());
  const std::string answer = browser.ask(upgrade("Sec-WebSocket-Protocol: msrp, sip\r\n"));
  CHECK(answer.starts_with("HTTP/1.1 101 "));
  CHECK(has(answer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  CHECK(has(answer, "Sec-WebSocket-Protocol: sip\r\n"));
  CHECK_FALSE(has(answer, "Sec-WebSocket-Extensions"));
}

TEST_CASE("The edge refuses a wrong handshake with a status for the reason, and closes the connection [RFC 6455 section 4.2.2]") {
  sip::WebSocketOptions options;
  options.origins = {"https://phone.example.com"};
  WebSocketEdge server(web(options));
  const std::string sip = "Sec-WebSocket-Protocol: sip\r\n";
  const std::string no_upgrade = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string old = std::string(upgrade()).replace(upgrade().find("Version: 13"), 11, "Version: 8");
  const std::string no_key = std::string(upgrade()).erase(upgrade().find("Sec-WebSocket-Key"), 45);
  const std::tuple<const char*, std::string, const char*> cases[] = {
      {"no subprotocol", upgrade(""), "HTTP/1.1 400 "},
      {"another subprotocol", upgrade("Sec-WebSocket-Protocol: sips\r\n"), "HTTP/1.1 400 "},
      {"a page of an origin that is not allowed", upgrade(sip + "Origin: https://evil.example.net\r\n"), "HTTP/1.1 403 "},
      {"a page with the origin null", upgrade(sip + "Origin: null\r\n"), "HTTP/1.1 403 "},
      {"two origins, one allowed", upgrade(sip + "Origin: https://phone.example.com\r\nOrigin: https://evil.example.net\r\n"), "HTTP/1.1 403 "},
      {"no upgrade", no_upgrade, "HTTP/1.1 426 "},
      {"a POST", upgrade(sip, "POST / HTTP/1.1"), "HTTP/1.1 426 "},
      {"HTTP 1.0", upgrade(sip, "GET / HTTP/1.0"), "HTTP/1.1 426 "},
      {"an old version", old, "HTTP/1.1 4"},
      {"no key", no_key, "HTTP/1.1 4"},
      {"SIP as over TCP", transport_test::options("TCP", 1), "HTTP/1.1 400 "},
      {"noise", "\x16\x03\x01\r\n\r\n", "HTTP/1.1 400 "},
  };
  for (const auto& [what, request, begin] : cases) {
    CAPTURE(what);
    Browser browser(server.port());
    const std::string answer = browser.ask(request);
    CHECK_MESSAGE(answer.starts_with(begin), answer);
    CHECK(browser.socket.closed_by_peer());
  }
  CHECK(wait_until([&] { return server.counters().half_open == 0; }));
  CHECK(server.counters().handshakes_failed == std::size(cases));
  CHECK(Browser(server.port()).ask(upgrade(sip + "Origin: https://phone.example.com\r\n")).starts_with("HTTP/1.1 101 "));
  CHECK(Browser(server.port()).ask(upgrade(sip)).starts_with("HTTP/1.1 101 "));  // A client that is not a browser sends no origin.
}

TEST_CASE("The edge accepts a handshake of kMaxUpgradeBytes and refuses a longer one, at any division into segments") {
  WebSocketEdge server;
  const auto answer = [&](std::size_t size, std::size_t first_part) {
    const std::size_t others = upgrade().size() + std::string_view("X-Cookie: \r\n").size();
    const std::string request = upgrade("Sec-WebSocket-Protocol: sip\r\nX-Cookie: " + std::string(size - others, 'x') + "\r\n");
    REQUIRE(request.size() == size);
    Browser browser(server.port());
    browser.socket.send(request.substr(0, first_part));
    return browser.ask(request.substr(first_part));
  };
  for (const std::size_t first_part : {std::size_t{0}, std::size_t{1}, std::size_t{600}, sip::detail::kMaxUpgradeBytes - 2}) {
    CAPTURE(first_part);
    CHECK(answer(sip::detail::kMaxUpgradeBytes, first_part).starts_with("HTTP/1.1 101 "));
    CHECK(answer(sip::detail::kMaxUpgradeBytes + 1, first_part).starts_with("HTTP/1.1 431 "));
  }
}

TEST_CASE("The edge closes the connection if a handshake takes too long, even if nothing of it has arrived [RFC 6455 section 4.2.1]") {
  sip::EdgeOptions options = web();
  options.handshake_time = 200ms;
  WebSocketEdge server(options);
  Browser silent(server.port()), half(server.port());
  half.socket.send(upgrade().substr(0, 80));
  CHECK(silent.socket.closed_by_peer());
  CHECK(half.socket.closed_by_peer());
  CHECK(server.counters().slow_handshakes == 2);
  CHECK(server.counters().half_open == 0);
}

TEST_CASE("The client's handshake has path and host but no origin. The client refuses a server that does not select sip [RFC 6455 section 4.1]") {
  struct Case {
    const char* answer;
    const char* why;
  };
  const Case cases[] = {
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: @\r\n\r\n", "subprotocol sip"},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: @\r\nSec-WebSocket-Protocol: msrp\r\n\r\n", "subprotocol sip"},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\nSec-WebSocket-Protocol: sip\r\n\r\n", ""},
      {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "status 403"},
      {"SIP/2.0 200 OK\r\n\r\n", ""},
      {"", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.answer);
    Socket listener(SOCK_STREAM);
    const std::uint16_t port = listener.listen();
    sip::WebSocketOptions wanted;
    wanted.path = "/sip?room=1";
    Client client(web(wanted));
    std::string request;
    std::thread server([&] {
      Socket peer = listener.accept();
      request = peer.receive("\r\n\r\n");
      std::string answer = one.answer;
      if (const auto at = answer.find('@'); at != std::string::npos) answer.replace(at, 1, accept_of(request));
      if (!answer.empty()) peer.send(answer);
    });
    CHECK_FALSE(client.asks(Client::flow(Transport::Ws, port, "pbx.example.com"), "WS"));
    server.join();
    CHECK(client.failed.size() == 1);
    CHECK(client.counters.handshakes_failed == 1);
    CHECK_MESSAGE(has(client.connections.last_failure(), one.why), client.connections.last_failure());
    CHECK(request.starts_with("GET /sip?room=1 HTTP/1.1\r\n"));
    CHECK(has(request, "\r\nHost: pbx.example.com:" + std::to_string(port) + "\r\n"));
    CHECK(has(request, "\r\nSec-WebSocket-Protocol: sip\r\n"));
    CHECK_FALSE(has(request, "Origin:"));
  }
}

TEST_CASE("open() refuses WebSocket options that cannot work") {
  base::SystemRandom random;
  sip::Stack stack({}, random);
  const auto error_of = [&](const sip::EdgeOptions& options) {
    const auto opened = sip::SipEdge::open(options, stack);
    return opened ? std::string("none") : std::string(to_string(opened.error()));
  };
  const std::string bad(to_string(sip::EdgeError::BadWebSocket));
  sip::EdgeOptions options = web();
  options.bind = *base::IpAddress::parse("127.0.0.1");
  CHECK(error_of(options) == "none");
  for (const char* path : {"", "sip", "/a b", "/a\r\nX: y", "/a#b"}) {
    options.web_socket->path = path;
    CHECK(error_of(options) == bad);
  }
  options.web_socket->path = "/" + std::string(sip::WebSocketOptions::kMaxPath - 1, 'a');
  CHECK(error_of(options) == "none");
  options.web_socket->path += 'a';
  CHECK(error_of(options) == bad);
  options = web();
  options.bind = *base::IpAddress::parse("127.0.0.1");
  options.web_socket->origins.assign(sip::WebSocketOptions::kMaxOrigins, "https://a");
  CHECK(error_of(options) == "none");
  options.web_socket->origins.emplace_back("https://a");
  CHECK(error_of(options) == bad);
  options.web_socket.reset();
  options.listeners = {{Transport::Ws, options.bind, 0}};
  CHECK(error_of(options) == bad);
  options.web_socket.emplace();
  options.listeners = {{Transport::Wss, options.bind, 0}};
  CHECK(error_of(options) == to_string(sip::EdgeError::BadCertificate));
}
