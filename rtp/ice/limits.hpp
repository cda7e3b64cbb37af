#pragma once

#include <cstddef>

/// The bounds of one ICE agent. Tests check each bound at N and at N + 1.
namespace offhook::inline v0::rtp {

inline constexpr std::size_t kMaxLocalCandidates = 32;
inline constexpr std::size_t kMaxRemoteCandidates = 64;    ///< of the peer's descriptions; further ones are ignored
inline constexpr std::size_t kMaxPeerReflexive = 16;       ///< addresses of the peer that only its checks tell; a check from a further one is only answered
inline constexpr std::size_t kMaxEarlyChecks = 16;         ///< checks of the peer before its description; further ones are only answered
inline constexpr std::size_t kMaxIcePairs = 256;           ///< of IceOptions::max_pairs
inline constexpr std::size_t kMaxCancelledChecks = 100;    ///< checks that are not repeated, but whose answer still counts; the oldest is forgotten
inline constexpr std::size_t kMaxPendingConsent = 8;       ///< unanswered requests for consent of one path; the oldest is forgotten

}  // namespace offhook::inline v0::rtp
