#pragma once

#include <offhook/base/socket_address.hpp>

#include <cstdint>
#include <string>

namespace offhook::inline v0::rtp {

enum class IceCandidateType : std::uint8_t { Host, ServerReflexive, PeerReflexive, Relayed };

inline constexpr std::uint16_t kMaxIceComponents = 2;             ///< 1 is RTP, or RTP and RTCP on one port; 2 is RTCP
inline constexpr std::uint32_t kMaxIcePriority = 0x7fffffff;      ///< RFC 8445 section 5.1.2

/// A transport address at which an agent may receive: RFC 8445 section 5.3.
struct IceCandidate {
  IceCandidateType type = IceCandidateType::Host;
  std::uint16_t component = 1;
  std::uint32_t priority = 0;              ///< 1..kMaxIcePriority
  std::string foundation;
  base::SocketAddress address;
  base::SocketAddress base;                ///< only for a local candidate: the address from which this side sends; for a relayed candidate, equal to `address`
  base::SocketAddress related;             ///< for SDP: the base of a reflexive candidate, the mapped address of a relayed one; port 0: none
  friend bool operator==(const IceCandidate&, const IceCandidate&) = default;
};

/// Returns the recommended type preference: RFC 8445 section 5.1.2.2.
[[nodiscard]] constexpr std::uint32_t type_preference(IceCandidateType type) {
  switch (type) {
    case IceCandidateType::Host: return 126;
    case IceCandidateType::PeerReflexive: return 110;
    case IceCandidateType::ServerReflexive: return 100;
    case IceCandidateType::Relayed: return 0;
  }
  return 0;
}

/// RFC 8445 section 5.1.2.1.
[[nodiscard]] constexpr std::uint32_t ice_priority(IceCandidateType type, std::uint16_t local_preference, std::uint16_t component) {
  return type_preference(type) << 24 | static_cast<std::uint32_t>(local_preference) << 8 | (256U - component);
}

/// Returns the PRIORITY of a check from a local candidate: its priority, but with the type preference of a peer-reflexive candidate (RFC 8445 section 7.1.1).
[[nodiscard]] constexpr std::uint32_t check_priority(std::uint32_t candidate_priority) {
  return type_preference(IceCandidateType::PeerReflexive) << 24 | (candidate_priority & 0xffffff);
}

}  // namespace offhook::inline v0::rtp
