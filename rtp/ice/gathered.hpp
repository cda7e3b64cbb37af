#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/ice/candidate.hpp>

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::rtp {

/// A transport address that the owner has gathered: RFC 8445 section 5.1.1.
struct IceGathered {
  IceCandidateType type = IceCandidateType::Host;   ///< any type except PeerReflexive
  std::uint16_t component = 1;
  base::SocketAddress base;                ///< for a host or relayed candidate, equal to `address`
  base::SocketAddress address;
  base::IpAddress server{};                ///< address of the STUN or TURN server; unspecified for a host candidate
  base::SocketAddress related{};           ///< only for a relayed candidate: the mapped address in the response to Allocate
};

enum class IceGatherError : std::uint8_t {
  BadAddress,     ///< the address has no port, is unspecified or multicast, or its base does not fit the type
  BadComponent,   ///< the component is not within 1..kMaxIceComponents
  Redundant,      ///< its address and base equal those of another candidate: RFC 8445 section 5.1.3
  TooMany,        ///< the agent has kMaxLocalCandidates already
};
[[nodiscard]] std::string_view to_string(IceGatherError error);

}  // namespace offhook::inline v0::rtp
