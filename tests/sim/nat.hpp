#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace offhook::sim {

struct Datagram {
  base::SocketAddress from, to;
  std::string bytes;
};

/// A router that rewrites addresses. Each inside address has one outside port (RFC 4787 section 4.1, endpoint-independent mapping). This port accepts
/// packets only from hosts to which the inside address has sent (section 5, address-dependent filtering). An inside address that sends nothing for
/// `idle` loses its port, and gets another port when it sends again.
class Nat {
 public:
  Nat(base::IpAddress outside, base::Duration idle) : outside_(outside), idle_(idle) {}

  [[nodiscard]] const base::IpAddress& outside() const { return outside_; }
  [[nodiscard]] unsigned ports_used() const { return next_port_ - kFirstPort; }

  base::SocketAddress outwards(const Datagram& packet, base::TimePoint now) {
    auto& binding = bindings_[packet.from.port];
    if (binding.port == 0 || now - binding.last_sent > idle_) binding = {next_port_++, packet.from, now, {}};
    binding.last_sent = now;
    binding.peers[packet.to.ip.to_string()] = true;
    return {outside_, binding.port};
  }
  [[nodiscard]] std::optional<base::SocketAddress> inwards(const Datagram& packet, base::TimePoint now) const {
    for (const auto& [inside, binding] : bindings_) {
      if (binding.port != packet.to.port || now - binding.last_sent > idle_) continue;
      if (binding.peers.contains(packet.from.ip.to_string())) return binding.inside;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint16_t kFirstPort = 40000;
  struct Binding {
    std::uint16_t port = 0;
    base::SocketAddress inside;
    base::TimePoint last_sent{};
    std::map<std::string, bool> peers;
  };
  base::IpAddress outside_;
  base::Duration idle_;
  std::uint16_t next_port_ = kFirstPort;
  std::map<std::uint16_t, Binding> bindings_;  // by inside port, which is sufficient because each NAT has one host behind it
};

}  // namespace offhook::sim
