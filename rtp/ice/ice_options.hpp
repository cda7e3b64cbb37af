#pragma once

#include <offhook/base/time.hpp>
#include <offhook/rtp/ice/candidate.hpp>
#include <offhook/rtp/ice/credentials.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// Bounds of Ta, the time between two new checks: RFC 8445 section 14.2.
inline constexpr base::Duration kMinIcePacing = std::chrono::milliseconds(5), kDefaultIcePacing = std::chrono::milliseconds(50),
                                kMaxIcePacing = std::chrono::seconds(1);

struct IceOptions {
  bool controlling = true;                    ///< true for the side that sent the first offer: RFC 8445 section 6.1.1
  bool lite = false;
  std::uint16_t components = 1;               ///< 2 if RTCP has its own port
  base::Duration pacing = kDefaultIcePacing;
  std::size_t max_pairs = 100;                ///< RFC 8445 section 6.1.2.5
  base::Duration patience = std::chrono::milliseconds(39'500);  ///< least time until a failure, because checks of the peer may still come: RFC 8863 section 4
};

/// The peer's side, from its description.
struct IcePeer {
  IceCredentials credentials;
  bool lite = false;                          ///< a=ice-lite
  bool ice2 = false;                          ///< a=ice-options:ice2: the peer complies with RFC 8445, and nominates one pair only (RFC 8445 section 10)
  bool trickle = false;                       ///< the peer may send more candidates later, and then reports their end: RFC 8838 section 3
  std::uint16_t components = kMaxIceComponents;   ///< 1 if the peer multiplexes RTP and RTCP
  base::Duration pacing = kDefaultIcePacing;  ///< a=ice-pacing
};

/// The numbers of messages and candidates that the agent accepted, refused or ignored.
struct IceCounters {
  std::uint64_t requests = 0;              ///< authenticated requests
  std::uint64_t refused_malformed = 0;     ///< 400
  std::uint64_t refused_credentials = 0;   ///< 401
  std::uint64_t refused_attributes = 0;    ///< 420
  std::uint64_t role_conflicts = 0;        ///< 487
  std::uint64_t ignored_datagrams = 0;     ///< datagrams that are not Binding messages or came to an unknown base, and requests without a fingerprint
  std::uint64_t ignored_responses = 0;     ///< responses with a wrong integrity, and responses from another address to requests for consent
  std::uint64_t ignored_candidates = 0;    ///< candidates of the peer beyond kMaxRemoteCandidates, or with unusable fields
};

}  // namespace offhook::inline v0::rtp
