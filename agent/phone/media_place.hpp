#pragma once

#include <offhook/base/socket_address.hpp>

#include <optional>

namespace offhook::inline v0::phone {

/// The address of the media of one call.
struct MediaPlace {
  base::IpAddress local;                       ///< of the leg's ports
  /// true: the peer is in the Internet and `local` is not, so that no description may name `local`.
  bool is_hidden = false;
  /// The address at which a NAT makes the ports of `local` reachable, as far as it is known; nullopt: unknown, or not needed.
  std::optional<base::IpAddress> as_seen{};
  bool asks_servers = false;                   ///< a server of STUN knows better than `as_seen`
};

/// What an endpoint knows before a call.
struct PlaceFacts {
  base::IpAddress local;                         ///< the address from which packets to the peer leave
  std::optional<base::IpAddress> peer{};         ///< the other end of the signalling; nullopt: unknown
  std::optional<base::IpAddress> configured{};   ///< NatOptions::public_address
  std::optional<base::IpAddress> seen{};         ///< the address of this machine, as the peer or the account's server has told it
};
[[nodiscard]] MediaPlace place_for(const PlaceFacts& facts);

}  // namespace offhook::inline v0::phone
