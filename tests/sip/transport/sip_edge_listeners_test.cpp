#include <offhook/tests/sip/transport/running_edge.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::transport_test;

namespace {

/// An edge with these listeners, which stops at the end. `edge` is null if open() fails.
struct ListeningEdge {
  base::SystemRandom random;
  sip::Stack stack{{}, random};
  std::unique_ptr<sip::SipEdge> edge;
  std::thread thread;

  explicit ListeningEdge(const std::vector<sip::Listener>& listeners) {
    sip::EdgeOptions options;
    options.listeners = listeners;
    if (auto opened = sip::SipEdge::open(options, stack)) {
      edge = std::move(*opened);
      thread = std::thread([this] { edge->run(); });
    }
  }
  ~ListeningEdge() {
    if (!edge) return;
    edge->stop();
    thread.join();
  }
};

}  // namespace

TEST_CASE("Several listeners work at the same time, and the edge sends each response from the listener that got the request") {
  const auto v4 = *base::IpAddress::parse("127.0.0.1");
  ListeningEdge running({{sip::Transport::Udp, v4, 0}, {sip::Transport::Udp, v4, 0}, {sip::Transport::Tcp, v4, 0}});
  REQUIRE(running.edge);
  const auto at = running.edge->listeners();
  REQUIRE(at.size() == 3);
  CHECK(at[0].port != at[1].port);
  CHECK(at[2].port == at[0].port);  // The TCP listener has the same port as the first UDP listener.
  CHECK(running.edge->port() == at[0].port);
  for (int i = 0; i < 3; ++i) {
    const bool stream = at[static_cast<std::size_t>(i)].transport == sip::Transport::Tcp;
    Socket peer(stream ? SOCK_STREAM : SOCK_DGRAM);
    peer.connect(at[static_cast<std::size_t>(i)].port);  // A connected socket gets no datagrams from other addresses.
    peer.send(options(stream ? "TCP" : "UDP", i + 1));
    CHECK(peer.receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
  }
}

TEST_CASE("An IPv4 listener and an IPv6 listener can have the same port number") {
  const auto v4 = *base::IpAddress::parse("0.0.0.0"), v6 = *base::IpAddress::parse("::");
  std::uint16_t port = 0;
  {
    ListeningEdge first({{sip::Transport::Udp, v6, 0}, {sip::Transport::Tcp, v6, 0}});
    if (!first.edge) return offhook_test::skip("this machine has no IPv6");
    port = first.edge->port();
  }
  ListeningEdge running({{sip::Transport::Udp, v6, port}, {sip::Transport::Udp, v4, port}, {sip::Transport::Tcp, v6, port},
                         {sip::Transport::Tcp, v4, port}});
  REQUIRE(running.edge);
  int number = 0;
  for (const auto& [type, transport] : {std::pair(SOCK_DGRAM, "UDP"), std::pair(SOCK_STREAM, "TCP")}) {
    Socket peer(type);
    peer.connect(port);
    peer.send(options(transport, ++number));
    CHECK(peer.receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
  }
}

TEST_CASE("open() accepts kMaxListeners listeners, and refuses one more") {
  const auto v4 = *base::IpAddress::parse("127.0.0.1");
  std::vector<sip::Listener> many(sip::SipEdge::kMaxListeners, {sip::Transport::Udp, v4, 0});
  const ListeningEdge most(many);
  CHECK(most.edge != nullptr);
  many.push_back({sip::Transport::Udp, v4, 0});
  const ListeningEdge too_many(many);
  CHECK(too_many.edge == nullptr);
}
