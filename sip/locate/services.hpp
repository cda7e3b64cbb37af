#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/locate/records.hpp>
#include <offhook/sip/model/flow.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace offhook::inline v0::sip::locate {

/// A transport that a domain offers, and the name of its SRV records.
struct Service {
  Transport transport = Transport::Udp;
  std::string name;
  friend bool operator==(const Service&, const Service&) = default;
};

/// Returns true for TLS, alone or below WebSocket.
[[nodiscard]] constexpr bool is_secure(Transport transport) { return transport == Transport::Tls || transport == Transport::Wss; }

/// Returns the services of `records` that are in `usable`, by order and preference: RFC 3263 section 4.1. Skips records for other
/// purposes, with a regular expression, or without the flag "s".
[[nodiscard]] std::vector<Service> naptr_services(const std::vector<NaptrRecord>& records, std::span<const Transport> usable);
/// Returns the name of a transport's SRV records if no NAPTR record gives the name: `_sip._udp.example.com`,
/// `_sips._tcp.example.com`.
[[nodiscard]] std::string srv_name(Transport transport, std::string_view domain);
/// Returns the port of a transport if the URI has no port: RFC 3261 section 19.1.2, RFC 7118 section 5.5.
[[nodiscard]] std::uint16_t default_port(Transport transport);

/// Sorts by priority, and by weighted chance within a priority: RFC 2782. A record of weight 0 has a small chance to be first.
void order_by_weight(std::vector<SrvRecord>& records, base::Random& random);

}  // namespace offhook::inline v0::sip::locate
