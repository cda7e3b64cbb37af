#pragma once

#include <cstddef>

/// What a peer may send us at most. Each bound has a test at N and at N + 1.
namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxMessageBytes = 65535;  ///< One UDP datagram, and the most that one stream message may take.
inline constexpr std::size_t kMaxHeaders = 256;
inline constexpr std::size_t kMaxVias = 70;             ///< As Max-Forwards starts at 70 (RFC 3261 section 8.1.1.6).
inline constexpr std::size_t kMaxContacts = 16;
inline constexpr std::size_t kMaxRoutes = 32;
inline constexpr std::size_t kMaxParams = 64;           ///< Of one URI, one name-addr or one Via; and header components of one URI.
inline constexpr std::size_t kMaxTransactions = 8192;        ///< Client and server together.
inline constexpr std::size_t kMaxServerTransactions = 3584;  ///< That belong to no call: a flood leaves room for the rest.
inline constexpr std::size_t kMaxCallTransactions = 2048;    ///< Beyond those, for what belongs to live calls: BYE, CANCEL, re-INVITE.
inline constexpr std::size_t kMaxTransactionsPerCall = 16;   ///< So many of one call may use that reserve.
inline constexpr std::size_t kMaxSessions = 1024;

}  // namespace offhook::inline v0::sip
