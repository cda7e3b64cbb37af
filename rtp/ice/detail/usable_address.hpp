#pragma once

#include <offhook/base/socket_address.hpp>

namespace offhook::inline v0::rtp {

/// Returns true if checks may go to this address: it has a port, and is not unspecified, multicast or broadcast.
[[nodiscard]] inline bool is_usable(const base::SocketAddress& address) {
  const auto& octets = address.ip.octets();
  const bool is_to_many = address.ip.is_v6() ? octets[0] == 0xff : octets[0] >= 0xe0;  // 224.0.0.0 and above: multicast, reserved, broadcast
  return address.port != 0 && !address.ip.is_unspecified() && !is_to_many;
}

/// Returns true if the address is in fe80::/10.
[[nodiscard]] inline bool is_link_local_v6(const base::IpAddress& ip) { return ip.is_v6() && ip.octets()[0] == 0xfe && (ip.octets()[1] & 0xc0) == 0x80; }

/// Returns true if a check may go from one address to the other: RFC 8445 section 6.1.2.2. Checks to a loopback address may go only from a loopback
/// address, so that a peer elsewhere cannot make this side send to itself. From a loopback address, checks may go to other addresses too, because the
/// kernel delivers to all addresses of its own machine.
[[nodiscard]] inline bool may_reach(const base::IpAddress& from, const base::IpAddress& to) {
  return from.is_v6() == to.is_v6() && is_link_local_v6(from) == is_link_local_v6(to) && (from.is_loopback() || !to.is_loopback());
}

}  // namespace offhook::inline v0::rtp
