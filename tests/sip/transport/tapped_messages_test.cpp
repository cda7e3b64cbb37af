#include <offhook/sip/transport/tapped_messages.hpp>
#include <offhook/tests/sip/transport/web_socket_peer.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::transport_test;
using offhook_test::wait_until;
using sip::Transport;
using Direction = sip::WireMessage::Direction;

namespace {

struct Seen {
  Direction direction;
  sip::Flow flow;
  std::string octets;
};

/// Stores the messages of an edge.
class Tap {
 public:
  sip::MessageTap tap() {
    return [this](const sip::WireMessage& message) {
      const std::lock_guard lock(mutex_);
      seen_.push_back({message.direction, message.flow, std::string(message.octets)});
    };
  }
  sip::EdgeOptions with(sip::EdgeOptions options) {
    options.tap = tap();
    return options;
  }
  std::vector<Seen> all() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  /// Waits until at least `count` messages have come, and returns all messages.
  std::vector<Seen> first(std::size_t count) {
    CHECK(wait_until([&] { return all().size() >= count; }));
    return all();
  }

 private:
  std::mutex mutex_;
  std::vector<Seen> seen_;
};

/// Checks that the tap saw one request and its response on this transport, both with the same two addresses.
void check_exchange(const std::vector<Seen>& seen, Transport transport, const std::string& request, std::uint16_t local_port) {
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].direction == Direction::Received);
  CHECK(seen[0].octets == request);
  CHECK(seen[1].direction == Direction::Sent);
  CHECK(seen[1].octets.starts_with("SIP/2.0 200 "));
  for (const Seen& each : seen) {
    CHECK(each.flow.transport == transport);
    CHECK(each.flow.local.to_string() == "127.0.0.1:" + std::to_string(local_port));
    CHECK(each.flow.remote.ip.to_string() == "127.0.0.1");
    CHECK(each.flow.remote.port == seen[0].flow.remote.port);
    CHECK(each.flow.remote.port != 0);
  }
}

base::Bytes octets_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

}  // namespace

TEST_CASE("The tap of an edge gets each message over UDP once, with its direction and both addresses, and no keep-alives") {
  Tap tap;
  RunningEdge running(tap.with({}), {});
  Socket peer(SOCK_DGRAM);
  peer.connect(running.edge->port());
  peer.send("\r\n\r\n");
  peer.send(options("UDP", 1));
  const std::string answer = peer.receive("\r\n\r\n");
  const auto seen = tap.first(2);
  check_exchange(seen, Transport::Udp, options("UDP", 1), running.edge->port());
  CHECK(seen[1].octets == answer);
}

TEST_CASE("The tap of an edge also gets retransmissions, and datagrams that are not SIP messages") {
  Tap tap;
  RunningEdge running(tap.with({}), {});
  Socket peer(SOCK_DGRAM);
  peer.connect(running.edge->port());
  peer.send(options("UDP", 1));
  (void)peer.receive("\r\n\r\n");
  peer.send(options("UDP", 1));
  (void)peer.receive("\r\n\r\n");
  peer.send("noise");
  const auto seen = tap.first(5);
  REQUIRE(seen.size() == 5);
  CHECK(seen[2].octets == seen[0].octets);
  CHECK(seen[3].octets == seen[1].octets);
  CHECK(seen[4].octets == "noise");
}

TEST_CASE("The tap of an edge gets the messages of a TCP stream one by one") {
  Tap tap;
  RunningEdge running(tap.with({}), {});
  Socket peer(SOCK_STREAM);
  peer.connect(running.edge->port());
  peer.send("\r\n\r\n" + options("TCP", 1) + options("TCP", 2));
  (void)peer.receive("CSeq: 2 OPTIONS");
  auto seen = tap.first(4);
  REQUIRE(seen.size() == 4);
  // The two responses may leave before or after the second request is read.
  std::stable_sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return a.direction < b.direction; });
  check_exchange({seen[0], seen[2]}, Transport::Tcp, options("TCP", 1), running.edge->port());
  check_exchange({seen[1], seen[3]}, Transport::Tcp, options("TCP", 2), running.edge->port());
}

TEST_CASE("If the edge cannot find the end of a message in a stream, its tap gets the header block and the edge's refusal") {
  Tap tap;
  RunningEdge running(tap.with({}), {});
  Socket peer(SOCK_STREAM);
  peer.connect(running.edge->port());
  std::string broken = options("TCP", 1);
  broken.replace(broken.find("Content-Length: 0"), 17, "Content-Length: x");
  peer.send(broken);
  (void)peer.receive("\r\n\r\n");
  const auto seen = tap.first(2);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].octets == broken);
  CHECK(seen[1].octets.starts_with("SIP/2.0 400 "));
}

TEST_CASE("The tap of an edge gets the messages within TLS and within a WebSocket") {
  SUBCASE("TLS") {
    Tap tap;
    Authority authority;
    ServingEdge server({Transport::Tls}, tap.with(Client::with(authority.showing(authority.issue_dns("pbx.example.com")))));
    Client client(authority.trusting());
    REQUIRE(client.asks(Client::flow(Transport::Tls, server.port(), "pbx.example.com")));
    check_exchange(tap.first(2), Transport::Tls, options("TLS", 1), server.port());
  }
  SUBCASE("WebSocket") {
    Tap tap;
    WebSocketEdge server(tap.with(web()));
    Browser browser = Browser::open(server.port());
    browser.socket.send(frame(kFin | kText, "\r\n\r\n"));
    browser.socket.send(frame(kFin | kText, options("WS", 1)));
    (void)browser.socket.receive("SIP/2.0 200 ");
    check_exchange(tap.first(2), Transport::Ws, options("WS", 1), server.port());
  }
}

TEST_CASE("The tap of an edge gets the local port of a connection that the edge has opened") {
  Tap tap;
  RunningEdge running(tap.with({}), {});
  Socket registrar(SOCK_STREAM);
  const std::uint16_t port = registrar.listen();
  sip::AccountOptions account;
  account.address_of_record = "sip:bot@127.0.0.1";
  account.registrar = "sip:127.0.0.1:" + std::to_string(port) + ";transport=tcp";
  running.edge->post([&] { running.stack.accounts().add(account, base::Clock::now()); });
  const std::string request = registrar.accept().receive("\r\n\r\n");
  const auto seen = tap.first(1);
  REQUIRE(!seen.empty());
  CHECK(seen[0].octets == request);
  CHECK(seen[0].flow.remote.port == port);
  CHECK(seen[0].flow.local.port != 0);
}

TEST_CASE("If a connection sends several messages in one piece, the tap gets them one by one, without the keep-alives between them") {
  std::vector<std::string> seen;
  sip::detail::TappedMessages tapped;
  tapped.set([&](const sip::WireMessage& message) { seen.emplace_back(message.octets); });
  sip::Flow flow;
  flow.transport = Transport::Tls;
  tapped.on_sent(flow, options("TLS", 1) + "\r\n\r\n" + options("TLS", 2) + "\r\n");
  CHECK(seen == std::vector<std::string>{options("TLS", 1), options("TLS", 2)});
}

TEST_CASE("TappedMessages without a tap ignores messages") {
  const sip::detail::TappedMessages tapped;
  CHECK_FALSE(tapped.is_on());
  tapped.on_received({}, octets_of("noise"));
  tapped.on_sent({}, "noise");
}
