#pragma once

#include <cstddef>

/// The bounds of one ICE agent. Tests check each bound at N and at N + 1.
namespace offhook::inline v0::rtp {

inline constexpr std::size_t kMaxLocalCandidates = 32;
inline constexpr std::size_t kMaxRemoteCandidates = 64;    ///< candidates in the peer's descriptions; the agent ignores further ones
inline constexpr std::size_t kMaxPeerReflexive = 16;       ///< peer addresses known only from checks; further ones get an answer, but make no pair
inline constexpr std::size_t kMaxEarlyChecks = 16;         ///< checks of the peer before its description; further ones get an answer, but make no pair
inline constexpr std::size_t kMaxIcePairs = 256;           ///< the largest IceOptions::max_pairs
inline constexpr std::size_t kMaxCancelledChecks = 100;    ///< cancelled checks whose answer still counts; beyond this number, the agent forgets the oldest
inline constexpr std::size_t kMaxPendingConsent = 8;       ///< unanswered requests for consent on one path; beyond this number, the agent forgets the oldest

}  // namespace offhook::inline v0::rtp
