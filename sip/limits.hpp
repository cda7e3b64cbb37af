#pragma once

#include <offhook/sip/message/limits.hpp>

#include <cstddef>

/// How many of each the stack keeps at most. Each bound has a test at N and at N + 1; those of one message stand in
/// message/limits.hpp.
namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxTransactions = 8192;        ///< Client and server together.
inline constexpr std::size_t kMaxServerTransactions = 3584;  ///< That belong to no call: a flood leaves room for the rest.
inline constexpr std::size_t kMaxCallTransactions = 2048;    ///< Beyond those, for what belongs to live calls: BYE, CANCEL, re-INVITE.
inline constexpr std::size_t kMaxTransactionsPerCall = 16;   ///< So many of one call may use that reserve.
inline constexpr std::size_t kMaxSessions = 1024;
inline constexpr std::size_t kMaxSubscriptions = 1024;       ///< Of ours.
inline constexpr std::size_t kMaxWatchers = 512;             ///< Subscriptions of others to us.
inline constexpr std::size_t kMaxWatchersPerSource = 32;     ///< From one address that is no registrar of ours.
inline constexpr std::size_t kMaxRequests = 1024;            ///< Of ours outside of calls that wait for their answer.
inline constexpr std::size_t kMaxPublications = 256;         ///< Of ours.
inline constexpr std::size_t kMaxPublishedState = 65000;     ///< Octets of the state of one.
inline constexpr std::size_t kMaxMessageBody = 1300;         ///< Octets in the body of a MESSAGE of ours. Deviation: RFC 3428 section 8 counts the header, too.
inline constexpr std::size_t kMaxCustomHeaders = 32;        ///< That the phone adds to one message.
inline constexpr std::size_t kMaxCustomHeaderBytes = 8192;  ///< Their names and values together.

/// The same as one stack has them: a machine that shall hold more calls raises them (StackOptions::limits).
struct StackLimits {
  std::size_t transactions = kMaxTransactions;
  std::size_t server_transactions = kMaxServerTransactions;
  std::size_t call_transactions = kMaxCallTransactions;
  std::size_t sessions = kMaxSessions;
};

}  // namespace offhook::inline v0::sip
