#include <offhook/tests/sip/transport/web_socket_peer.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <offhook/sip/message/limits.hpp>
#include <offhook/sip/transport/web_socket_stream.hpp>

using namespace offhook;
using namespace offhook::transport_test;
using namespace std::chrono_literals;
using offhook_test::wait_until;
using sip::Transport;

namespace {

std::string ask(int number) { return transport_test::options("WS", number); }

/// Returns an OPTIONS of `size` octets.
std::string ask_of(std::size_t size) {
  std::string text = ask(1);
  text.replace(text.find("Content-Length: 0"), 17, "Content-Length: 00000");
  const std::size_t body = size - text.size();
  std::string number = std::to_string(body);
  number.insert(0, 5 - number.size(), '0');
  text.replace(text.find("00000"), 5, number);
  return text + std::string(body, 'x');
}

/// Runs handlers until done() returns true, at most 30 s. Returns done().
template <class Done>
bool run_until(boost::asio::io_context& io, Done done) {
  const auto end = std::chrono::steady_clock::now() + 30s;
  io.restart();
  while (!done() && io.run_one_until(end) > 0) continue;
  return done();
}

std::string closing(unsigned code) { return {'\x88', '\x02', static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}; }

}  // namespace

TEST_CASE("The edge responds to requests over a WebSocket in text and binary frames, whole and in fragments [RFC 7118 section 4.2]") {
  WebSocketEdge server;
  Browser browser = Browser::open(server.port());
  browser.socket.send(frame(kFin | kText, ask(1)));
  std::string answer = browser.socket.receive("Content-Length: 0\r\n\r\n");
  CHECK(answer.starts_with("\x81\x7e"));  // A text frame without a mask: RFC 6455 section 5.1.
  CHECK(has(answer, "SIP/2.0 200 OK\r\n"));
  browser.socket.send(frame(kFin | kBinary, ask(2)));
  CHECK(has(browser.socket.receive("CSeq: 2 OPTIONS"), "200 OK"));
  const std::string text = ask(3);
  browser.socket.send(frame(kText, text.substr(0, 10)));
  browser.socket.send(frame(kContinued, ""));
  browser.socket.send(frame(kFin | kPingFrame, "between"));
  CHECK(browser.socket.receive("between") == std::string("\x8a\x07") + "between");
  browser.socket.send(frame(kContinued, text.substr(10, 5)) + frame(kFin | kContinued, text.substr(15)));
  CHECK(has(browser.socket.receive("CSeq: 3 OPTIONS"), "200 OK"));
  // Sends one octet at a time.
  for (const char c : frame(kFin | kText, ask(4))) browser.socket.send({&c, 1});
  CHECK(has(browser.socket.receive("CSeq: 4 OPTIONS"), "200 OK"));
  // Two messages at once, after an empty one.
  browser.socket.send(frame(kFin | kText, "") + frame(kFin | kText, ask(5)) + frame(kFin | kText, ask(6)));
  CHECK(has(browser.socket.receive("CSeq: 6 OPTIONS"), "CSeq: 5 OPTIONS"));
}

TEST_CASE("The edge reads octets that arrive together with the handshake") {
  WebSocketEdge server;
  Browser browser(server.port());
  browser.socket.send(upgrade() + frame(kFin | kText, ask(1)));
  const std::string answer = browser.socket.receive("Content-Length: 0\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 101 "));
  CHECK(has(answer, "SIP/2.0 200 OK\r\n"));
}

TEST_CASE("The edge responds to a message that is not UTF-8 in a binary frame [RFC 7118 section 4.2]") {
  WebSocketEdge server;
  Browser browser = Browser::open(server.port());
  std::string text = ask(1);
  text.replace(text.find("edge-1"), 6, "edge-\xff");  // The response repeats the Call-ID.
  browser.socket.send(frame(kFin | kBinary, text));
  const std::string answer = browser.socket.receive("\r\n\r\n");
  CHECK(answer.starts_with("\x82\x7e"));
  browser.socket.send(frame(kFin | kText, text));
  CHECK(has(browser.socket.receive(closing(1007)), closing(1007)));  // RFC 6455 section 8.1.
  CHECK(browser.socket.closed_by_peer());
}

TEST_CASE("The edge accepts a message of kMaxMessageBytes, and closes the connection with 1009 after a longer message [RFC 6455 section 7.4.1]") {
  WebSocketEdge server;
  Browser browser = Browser::open(server.port());
  browser.socket.send(frame(kFin | kText, ask_of(sip::kMaxMessageBytes)));
  CHECK(has(browser.socket.receive("CSeq: 1 OPTIONS"), "SIP/2.0 "));
  const std::string longer = ask_of(sip::kMaxMessageBytes + 1);
  browser.socket.send(frame(kText, longer.substr(0, 1000)));
  browser.socket.send(frame(kFin | kContinued, longer.substr(1000)));
  CHECK(has(browser.socket.receive(closing(1009)), closing(1009)));
  CHECK(browser.socket.closed_by_peer());
}

TEST_CASE("The close frame has the code of its cause, and never one of the codes that must not be sent [RFC 6455 section 7.4.1]") {
  WebSocketEdge server;
  const std::tuple<const char*, std::string, std::string> cases[] = {
      {"a frame that is not masked", frame(kFin | kText, ask(1), false), closing(1002)},
      {"text that is not UTF-8", frame(kFin | kText, "\xff"), closing(1007)},
      {"a message that is too long", frame(kFin | kText, ask_of(sip::kMaxMessageBytes + 1)), closing(1009)},
      {"a normal close", frame(kFin | kCloseFrame, std::string("\x03\xe8", 2)), closing(1000)},
      {"going away", frame(kFin | kCloseFrame, std::string("\x03\xe9", 2)), closing(1001)},
      {"an error of the peer, with a reason", frame(kFin | kCloseFrame, std::string("\x03\xf3oops")), closing(1011)},
      {"a close without a code", frame(kFin | kCloseFrame, ""), closing(1000)},
      {"999", frame(kFin | kCloseFrame, std::string("\x03\xe7", 2)), closing(1002)},
      {"1004", frame(kFin | kCloseFrame, std::string("\x03\xec", 2)), closing(1002)},
      {"1005, which means that there was no code", frame(kFin | kCloseFrame, std::string("\x03\xed", 2)), closing(1002)},
      {"1006, which means that there was no close frame", frame(kFin | kCloseFrame, std::string("\x03\xee", 2)), closing(1002)},
      {"1015, which means that the TLS handshake failed", frame(kFin | kCloseFrame, std::string("\x03\xf7", 2)), closing(1002)},
  };
  for (const auto& [what, bytes, end] : cases) {
    CAPTURE(what);
    Browser browser = Browser::open(server.port());
    browser.socket.send(bytes);
    const std::string answer = browser.socket.receive(end);
    CHECK(answer.substr(0, end.size()) == end);
    CHECK(browser.socket.closed_by_peer());
  }
}

TEST_CASE("The edge closes the connection after a frame that RFC 6455 forbids [RFC 6455 section 5.1] [RFC 6455 section 5.2] [RFC 6455 section 5.5]") {
  WebSocketEdge server;
  const std::pair<const char*, std::string> cases[] = {
      {"not masked", frame(kFin | kText, ask(1), false)},
      {"a reserved bit", frame(kFin | 0x40 | kText, ask(1))},
      {"an unknown kind", frame(kFin | 3, ask(1))},
      {"an unknown control frame", frame(kFin | 11, "")},
      {"a continuation without a first fragment", frame(kFin | kContinued, ask(1))},
      {"a message within a message", frame(kText, "a") + frame(kFin | kText, "b")},
      {"a ping in fragments", frame(kPingFrame, "a")},
      {"a ping that is too long", frame(kFin | kPingFrame, std::string(126, 'a'))},
      {"a close frame of one octet", frame(kFin | kCloseFrame, "a")},
      {"a length that is not in the shortest form", std::string("\x81\xfe\x00\x01\x11\x22\x33\x44\x50", 9)},
  };
  for (const auto& [what, bytes] : cases) {
    CAPTURE(what);
    Browser browser = Browser::open(server.port());
    browser.socket.send(bytes);
    const std::string answer = browser.socket.receive("SIP/2.0");
    CHECK_FALSE(has(answer, "SIP/2.0"));
    CHECK(answer.starts_with(std::string("\x88\x02\x03\xea")));  // 1002
  }
}

TEST_CASE("The edge answers CRLF CRLF over a WebSocket as a ping [RFC 7118 section 6] [RFC 5626 section 4.4.1]") {
  WebSocketEdge server;
  Browser browser = Browser::open(server.port());
  browser.socket.send(frame(kFin | kText, "\r\n\r\n"));
  CHECK(browser.socket.receive("\r\n") == std::string("\x81\x02\r\n"));
}

TEST_CASE("The edge answers a close frame with a close frame, and closes the connection [RFC 6455 section 5.5.1]") {
  WebSocketEdge server;
  Browser browser = Browser::open(server.port());
  browser.socket.send(frame(kFin | kCloseFrame, std::string("\x03\xe9", 2)));
  CHECK(browser.socket.receive(closing(1001)) == closing(1001));
  CHECK(browser.socket.closed_by_peer());
}

TEST_CASE("The edge sends an idle peer a close frame with 1001, and disconnects the peer if it does not answer [RFC 6455 section 7.1.1]") {
  sip::EdgeOptions options = web();
  options.idle_time = 200ms;
  WebSocketEdge server(options);
  Browser browser = Browser::open(server.port());
  CHECK(browser.socket.receive(closing(1001)) == closing(1001));
  CHECK(server.counters().idle_closed == 1);
  CHECK(browser.socket.closed_by_peer());  // The edge disconnects after kCloseLimit.
}

TEST_CASE("The edge sends a silent peer a ping after half of the limit, and disconnects it at the limit [RFC 6455 section 5.5.2] [RFC 7118 section 6]") {
  sip::WebSocketOptions silence;
  silence.silence = 1s;
  WebSocketEdge server(web(silence));
  const std::string ping("\x89\x00", 2);
  Browser mute = Browser::open(server.port());
  CHECK(mute.socket.receive(ping) == ping);
  CHECK(mute.socket.closed_by_peer());
  bool asked_again = false;  // A peer that answers gets a second ping. If the host stalls during a try, a later try must succeed.
  for (int tries = 0; tries < 20 && !asked_again; ++tries) {
    Browser browser = Browser::open(server.port());
    if (browser.socket.receive(ping) != ping) continue;
    browser.socket.try_send(frame(kFin | kPongFrame, ""));
    asked_again = browser.socket.receive(ping) == ping;
  }
  CHECK(asked_again);
}

TEST_CASE("The edge closes the connection if a frame or a message takes too long, even if pings come in between [RFC 6455 section 10.4]") {
  sip::EdgeOptions options = web();
  options.message_time = 200ms;
  WebSocketEdge server(options);
  const auto slow = [&] { return server.counters().slow_senders; };
  {
    Browser browser = Browser::open(server.port());
    browser.socket.send(frame(kFin | kText, ask(1)).substr(0, 1));  // This is less than the header of a frame.
    CHECK(browser.socket.closed_by_peer());
    CHECK(slow() == 1);
  }
  {
    Browser browser = Browser::open(server.port());
    browser.socket.send(frame(kFin | kText, ask(1)).substr(0, 100));
    CHECK(browser.socket.closed_by_peer());
    CHECK(slow() == 2);
  }
  {
    Browser browser = Browser::open(server.port());
    browser.socket.send(frame(kText, "OPTIONS"));
    CHECK(wait_until([&] {
      browser.socket.try_send(frame(kFin | kPingFrame, "x"));
      static_cast<void>(browser.socket.receive("\x8a\x01x"));  // The pong, or the end of the connection.
      return slow() == 3;
    }));
  }
  {
    options.message_time = 2s;  // Longer than a busy host stalls.
    WebSocketEdge patient(options);
    Browser browser = Browser::open(patient.port());  // Complete messages may follow each other for longer than message_time.
    Browser dawdling = Browser::open(patient.port());
    int number = 0;
    do {
      browser.socket.send(frame(kFin | kText, ask(++number)));
      CHECK(has(browser.socket.receive("CSeq: " + std::to_string(number) + " OPTIONS"), "200 OK"));
      if (number == 1) dawdling.socket.send(frame(kFin | kText, ask(1)).substr(0, 100));
    } while (!dawdling.socket.closed_by_peer(400));
    CHECK(patient.counters().slow_senders == 1);
  }
}

// --- tests in which Offhook is the client and the server -------------------------------------------------------------------

TEST_CASE("Over IPv4 and IPv6 two edges exchange messages by WebSocket, and a ping gets a pong [RFC 6455 section 5.5.3]") {
  for (const char* text : {"127.0.0.1", "::1"}) {
    CAPTURE(text);
    const auto ip = *base::IpAddress::parse(text);
    sip::EdgeOptions options = web();
    options.listeners = {{Transport::Ws, ip, 0}};
    ServingEdge server({}, options);
    Client client(web());
    sip::Flow to = Client::flow(Transport::Ws, server.port(), "pbx.example.com");
    to.remote.ip = ip;
    CHECK(client.asks(to, "WS"));
    CHECK(client.from.back().name == "pbx.example.com");
    CHECK(client.asks(to, "WS"));
    CHECK(client.counters.connections_opened == 1);
    client.connections.send(to, "\r\n\r\n", sip::FlowId{9});
    client.wait();
    CHECK(client.messages.back() == "\r\n");
    CHECK(client.failed.empty());
    // Another name at the same address uses another connection, because RFC 6455 section 4.1 sends the name.
    to.name = "other.example.com";
    CHECK(client.asks(to, "WS"));
    CHECK(client.counters.connections_opened == 2);
  }
}

TEST_CASE("Over TLS, the client checks a WebSocket server's certificate by the rules of the web [RFC 7118 section 9.1]") {
  Authority authority;
  const std::tuple<const char*, Certificate, const char*, bool> cases[] = {
      {"its name", authority.issue_dns("pbx.example.com"), "pbx.example.com", true},
      {"a wildcard", authority.issue_dns("*.example.com"), "pbx.example.com", true},
      {"its address", authority.issue({.alternatives = {{AltName::Address, "127.0.0.1"}}}), "127.0.0.1", true},
      {"another name", authority.issue_dns("other.example.com"), "pbx.example.com", false},
      {"a wildcard for two labels", authority.issue_dns("*.example.com"), "a.pbx.example.com", false},
      {"a part of a label", authority.issue_dns("p*.example.com"), "pbx.example.com", false},
      {"only a common name", authority.issue({.common_names = {"pbx.example.com"}}), "pbx.example.com", false},
      {"a SIP URI", authority.issue({.alternatives = {{AltName::Uri, "sip:pbx.example.com"}}}), "pbx.example.com", false},
      {"another address", authority.issue({.alternatives = {{AltName::Address, "127.0.0.2"}}}), "127.0.0.1", false},
  };
  for (const auto& [what, certificate, name, good] : cases) {
    CAPTURE(what);
    sip::EdgeOptions serving = web();
    serving.tls = authority.showing(certificate);
    ServingEdge server({Transport::Wss}, serving);
    sip::EdgeOptions asking = web();
    asking.tls = authority.trusting();
    Client client(asking);
    CHECK(client.asks(Client::flow(Transport::Wss, server.port(), name), "WSS") == good);
    CHECK(client.counters.handshakes_failed == (good ? 0 : 1));
  }
}

TEST_CASE("The edge opens no connection to a peer that had connected to the edge and has disconnected [RFC 7118 section 5]") {
  Client client(web());
  client.connections.send(Client::flow(Transport::Ws, 9, ""), ask(1), sip::FlowId{1});
  client.wait();
  CHECK(client.failed.size() == 1);
  CHECK(client.counters.connections_failed == 0);
}

TEST_CASE("At most kMaxClosing connections wait for a close frame. The edge cuts off a further one") {
  Socket listener(SOCK_STREAM);
  const std::uint16_t port = listener.listen();
  boost::asio::io_context io{1};
  const auto closing_now = std::make_shared<std::size_t>(0);
  std::vector<Socket> peers;
  std::vector<std::unique_ptr<sip::detail::ByteStream>> streams;
  for (std::size_t i = 0; i <= sip::detail::kMaxClosing; ++i) {
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
    peers.push_back(listener.accept());
    peers.back().send(upgrade());
    sip::detail::WebSocketSetup setup;
    setup.side = sip::detail::Side::Server;
    setup.message_time = 10s;
    setup.closing = closing_now;
    streams.push_back(sip::detail::make_web_socket_stream(io.get_executor(), sip::detail::make_tcp_stream(std::move(socket)), setup));
    bool open = false;
    streams.back()->open([&](const boost::system::error_code& error, std::size_t) { open = !error; });
    REQUIRE(run_until(io, [&] { return open; }));
    CHECK(peers.back().receive("\r\n\r\n").starts_with("HTTP/1.1 101 "));
  }
  for (std::size_t i = 0; i < sip::detail::kMaxClosing; ++i) streams[i].reset();
  CHECK(*closing_now == sip::detail::kMaxClosing);
  streams.clear();
  CHECK(*closing_now == sip::detail::kMaxClosing);
  CHECK(peers.back().closed_by_peer());
  CHECK(peers.front().receive(closing(1001)) == closing(1001));
  peers.front().send(frame(kFin | kCloseFrame, std::string("\x03\xe9", 2)));
  CHECK(run_until(io, [&] { return *closing_now < sip::detail::kMaxClosing; }));
}
