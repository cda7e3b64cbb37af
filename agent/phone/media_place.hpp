#pragma once

#include <offhook/base/socket_address.hpp>

#include <optional>

namespace offhook::inline v0::phone {

/// The address of the media of one call.
struct MediaPlace {
  base::IpAddress local;                       ///< address of the leg's ports
  /// true: the peer is in the Internet, but `local` is a private address, so that no description may contain `local`.
  bool is_hidden = false;
  /// The address at which a NAT makes the ports of `local` reachable, as far as it is known; nullopt: unknown, or not needed.
  std::optional<base::IpAddress> as_seen{};
  bool asks_servers = false;                   ///< true if an address from a STUN server has priority over `as_seen`
};

/// The addresses that an endpoint knows before a call.
struct PlaceFacts {
  base::IpAddress local;                         ///< the address from which packets to the peer leave
  std::optional<base::IpAddress> peer{};         ///< the host at the other end of the signalling; nullopt: unknown
  std::optional<base::IpAddress> configured{};   ///< NatOptions::public_address
  std::optional<base::IpAddress> seen{};         ///< this machine's address as the peer or the account's server sees it; nullopt: unknown
};
[[nodiscard]] MediaPlace place_for(const PlaceFacts& facts);

}  // namespace offhook::inline v0::phone
