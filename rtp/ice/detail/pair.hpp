#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/ice/candidate.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::rtp {

using IcePairId = std::uint32_t;   ///< unique in one checklist, even after the pair is removed; 0: none

/// RFC 8445 section 6.1.2.3.
[[nodiscard]] constexpr std::uint64_t pair_priority(std::uint32_t controlling, std::uint32_t controlled) {
  const std::uint64_t less = std::min(controlling, controlled), more = std::max(controlling, controlled);
  return (less << 32) + 2 * more + (controlling > controlled ? 1 : 0);
}

/// A local and a remote candidate that are checked together: RFC 8445 section 6.1.2.2.
struct IcePair {
  enum class State : std::uint8_t { Frozen, Waiting, InProgress, Succeeded, Failed };

  IcePairId id = 0;
  IceCandidate local, remote;
  std::uint64_t priority = 0;
  State state = State::Frozen;
  bool heard = false;                    ///< an authenticated check of the peer came on this pair
  bool nominated_by_peer = false;        ///< the controlling peer sent USE-CANDIDATE on this pair
  bool nominating = false;               ///< this agent is controlling, and has chosen this pair
  std::optional<IceCandidate> mapped;    ///< our candidate as the peer sees it: the local candidate of the valid pair (RFC 8445 section 7.2.5.3.2)
  base::TimePoint confirmed_at{};        ///< time of the last success response

  [[nodiscard]] std::uint16_t component() const { return local.component; }
  [[nodiscard]] bool is_valid() const { return mapped.has_value(); }
  [[nodiscard]] bool is_finished() const { return state == State::Succeeded || state == State::Failed; }
  [[nodiscard]] bool has_foundation_of(const IcePair& other) const {
    return local.foundation == other.local.foundation && remote.foundation == other.remote.foundation;
  }
};

}  // namespace offhook::inline v0::rtp
