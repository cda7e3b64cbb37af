#pragma once

#include <offhook/agent/phone/call_path.hpp>
#include <offhook/agent/phone/nat/leg_sockets.hpp>
#include <offhook/rtp/nat/demultiplex.hpp>
#include <offhook/tests/rtp/nat/scripted_turn_server.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Packet paths of calls in a simulated network, on virtual time. The workers tick every 10 ms.
namespace offhook::test {

using namespace std::chrono_literals;
using offhook_test::socket_address;

inline std::shared_ptr<const media::DtlsEndpoint> dtls_endpoint() {
  return std::make_shared<const media::DtlsEndpoint>(*media::DtlsEndpoint::make(*media::DtlsCertificate::make()));
}
inline sdp::FingerprintLine line_of(const media::DtlsEndpoint& endpoint) { return {std::string(to_string(endpoint.fingerprint().hash)), endpoint.fingerprint().octets}; }

/// One side of a call.
struct PathSide {
  base::SocketAddress rtp;
  std::shared_ptr<const media::DtlsEndpoint> dtls;
  std::shared_ptr<media::SrtpKeyBox> keys = std::make_shared<media::SrtpKeyBox>();
  phone::CallPath path;
  std::unique_ptr<media::PacketPath> worker;
  std::string error{};               ///< the error of poll(); "" if there was none
  int ticks_between_polls = 1;
  std::map<media::Channel, int> dtls_sent{};

  explicit PathSide(base::SocketAddress address, std::shared_ptr<const media::DtlsEndpoint> its_dtls = nullptr)
      : rtp(address), dtls(std::move(its_dtls)), path(dtls, keys), worker(path.make_path()) {}

  [[nodiscard]] sdp::AgreedDtls described_dtls(bool peer_is_client) const { return {{line_of(*dtls)}, peer_is_client, 1}; }
};

struct PathNetwork {
  base::TimePoint now{1000s};
  std::vector<PathSide*> sides;
  /// Returns false if the network loses datagrams in this direction.
  std::function<bool(const base::SocketAddress& from, const base::SocketAddress& to)> passes = [](const auto&, const auto&) { return true; };
  /// Returns the addresses from which the network delivers a datagram: a peer with several addresses may send from another one.
  std::function<std::vector<base::SocketAddress>(const base::SocketAddress& from, base::Bytes octets)> sources = [](const auto& from, base::Bytes) { return std::vector{from}; };
  /// Called for each datagram that goes to an address that no side has.
  std::function<void(const base::SocketAddress& from, const base::SocketAddress& to, const std::vector<std::uint8_t>& octets)> strays;
  base::SocketAddress turn_address = socket_address("192.0.2.9", 3478);
  std::map<base::SocketAddress, offhook_test::ScriptedTurnServer> turn;   ///< keyed by the client's address, because each server serves one client
  int ticks = 0;

  void begin(PathSide& side, bool controlling, std::shared_ptr<phone::NatServers> servers = nullptr, phone::MediaPlace place = {}) {
    place.local = side.rtp.ip;
    side.path.begin({.place = place, .local = side.rtp, .uses_ice = true, .controlling = controlling, .servers = std::move(servers)}, now);
    sides.push_back(&side);
  }
  void gather(PathSide& side) {
    for (int i = 0; i < 1000 && !side.path.gather(now); ++i) {
      now += 10ms;
      send_all(side);
    }
    REQUIRE_FALSE(side.path.is_gathering());
  }

  /// The result of an offer/answer exchange, as apply() gives it to one side.
  struct Terms {
    bool is_muxed = true;
    std::optional<sdp::IceDescription> ice{};
    std::optional<sdp::AgreedDtls> dtls{};
    unsigned dialog = 0;
    bool is_answer = false;
    rtp::SourceRule rule = rtp::SourceRule::PeerHosts;
  };
  void apply(PathSide& side, const base::SocketAddress& peer, const Terms& terms) {
    sdp::AgreedAudio agreed;
    agreed.remote_rtp = agreed.remote_rtcp = peer;
    if (!terms.is_muxed) ++agreed.remote_rtcp.port;
    agreed.ice = terms.ice;
    agreed.dtls = terms.dtls;
    media::MediaPlan plan;
    plan.remote_rtp = agreed.remote_rtp;
    plan.remote_rtcp = agreed.remote_rtcp;
    plan.source_rule = terms.rule;
    side.path.apply({agreed, plan, terms.dialog, terms.is_answer}, now);
  }
  /// Lets `caller` offer ICE, and `called` answer.
  void connect(PathSide& caller, PathSide& called) {
    apply(called, caller.rtp, {.ice = *caller.path.description()});
    apply(caller, called.rtp, {.ice = *called.path.description(), .is_answer = true});
    run(3s);
  }

  void run(base::Duration duration) {
    for (const auto end = now + duration; now < end;) step();
  }
  void step() {
    now += 10ms;
    ++ticks;
    for (PathSide* side : sides) {
      send_all(*side);
      if (!side->error.empty() || ticks % side->ticks_between_polls != 0) continue;
      if (const auto polled = side->path.poll(now); !polled) side->error = polled.error().detail;
    }
  }

  void send_all(PathSide& side) {
    side.worker->on_time(now);
    while (const auto own = side.worker->poll_transmit()) {
      const std::vector<std::uint8_t> octets(own->octets.begin(), own->octets.end());
      if (rtp::kind_of(octets) == rtp::DatagramKind::Dtls) ++side.dtls_sent[own->channel];
      deliver(phone::address_of(own->channel, side.rtp), own->to, octets);
    }
  }
  void deliver(const base::SocketAddress& from, const base::SocketAddress& to, std::vector<std::uint8_t> octets) {
    if (!passes(from, to)) return;
    if (to == turn_address) return to_turn(from, octets);
    for (auto& [client, server] : turn) {
      if (to != server.relayed_v4) continue;
      if (const auto message = server.from_peer(from, octets, now)) deliver(turn_address, client, *message);
      return;
    }
    for (PathSide* side : sides) {
      for (const auto channel : phone::kLegSockets) {
        if (to != phone::address_of(channel, side->rtp)) continue;
        for (const auto& source : sources(from, octets)) {
          auto copy = octets;
          (void)side->worker->on_datagram(channel, source, copy, now);
        }
        return;
      }
    }
    if (strays) strays(from, to, octets);
  }
  void to_turn(const base::SocketAddress& from, const std::vector<std::uint8_t>& octets) {
    auto& server = turn[from];
    server.relayed_v4 = socket_address("192.0.2.50", static_cast<std::uint16_t>(from.port + 10'000));
    if (const auto answer = server.on_message(octets, from, now)) deliver(turn_address, from, *answer);
    for (auto& relayed : std::exchange(server.to_peers, {})) deliver(server.relayed_v4, relayed.peer, std::move(relayed.octets));
  }
};

}  // namespace offhook::test
