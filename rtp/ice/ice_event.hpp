#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/ice/candidate.hpp>

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::rtp {

/// A datagram that the owner sends. If `base` is a relayed candidate, the owner's TURN client sends it, and first installs a permission for `to` (RFC 8445
/// section 7.2.1).
struct IceTransmit {
  base::SocketAddress base, to;
  std::vector<std::uint8_t> octets;
};

/// The base from which the media of one component leave, and the peer's address to which they go.
struct IcePath {
  base::SocketAddress base, to;
  friend bool operator==(const IcePath&, const IcePath&) = default;
};

/// A pair of candidates on which both sides agree: RFC 8445 section 8.1.1.
struct IceSelectedPair {
  IceCandidate local;    ///< `address` is what the peer sees, for the c= and m= lines; media leave from `base`
  IceCandidate remote;
  std::uint64_t priority = 0;
  [[nodiscard]] IcePath path() const { return {local.base, remote.address}; }
};

/// RFC 8445 section 6.1.3.
enum class IceState : std::uint8_t { Running, Completed, Failed };

/// Why ICE found no path.
enum class IceFailure : std::uint8_t {
  NoRemoteCandidates,   ///< the peer has sent no candidate that this agent can use
  NoPairs,              ///< no candidate of the peer fits a local candidate: the address families differ, or a component is missing
  ChecksTimedOut,       ///< no check got an answer
  CredentialsRefused,   ///< the peer answers 401: its credentials differ from those in its description
  ChecksRefused,        ///< the peer answers the checks with another error
  NominationFailed,     ///< the check that nominates a pair got no answer: RFC 8445 section 7.2.5.3.4
  NotNominated,         ///< there are valid pairs, but the controlling peer nominates none
};
[[nodiscard]] std::string_view to_string(IceFailure failure);

/// Each component has a valid pair. Media may use it until a pair is selected: RFC 8445 section 12.1.
struct IceConnected {};
/// Each component has a selected pair. The agent reports this again if a peer of RFC 5245 nominates a pair with a higher priority.
struct IceCompleted {};
/// No media may leave. Restart ICE to continue, or cancel_restart() if this was a restart.
struct IceFailed {
  IceFailure reason{};
};
/// The peer has not confirmed the path of this component for 30 s, or has revoked its consent (RFC 7675 section 5). Restart ICE to continue.
struct IceConsentLost {
  std::uint16_t component = 1;
};
using IceEvent = std::variant<IceConnected, IceCompleted, IceFailed, IceConsentLost>;

}  // namespace offhook::inline v0::rtp
