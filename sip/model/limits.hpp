#pragma once

#include <offhook/sip/message/limits.hpp>

#include <cstddef>

/// The bounds of the stack. Tests check each bound at N and at N + 1. The bounds of one message are in message/limits.hpp.
namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxTransactions = 8192;        ///< client and server together
inline constexpr std::size_t kMaxServerTransactions = 3584;  ///< server transactions, without the reserve for calls; leaves
                                                             ///< space for client transactions during a flood
inline constexpr std::size_t kMaxCallTransactions = 2048;    ///< reserve for transactions of live calls: BYE, CANCEL, re-INVITE
inline constexpr std::size_t kMaxTransactionsPerCall = 16;   ///< transactions of one call that may use this reserve
inline constexpr std::size_t kMaxSessions = 1024;
inline constexpr std::size_t kMaxSubscriptions = 1024;       ///< subscriptions that we make
inline constexpr std::size_t kMaxWatchers = 512;             ///< subscriptions that peers make with us
inline constexpr std::size_t kMaxWatchersPerSource = 32;     ///< subscriptions from one address that is not a registrar of ours
inline constexpr std::size_t kMaxRequests = 1024;            ///< our pending requests outside calls
inline constexpr std::size_t kMaxPublications = 256;         ///< publications that we make
inline constexpr std::size_t kMaxPublishedState = 65000;     ///< octets of the state of one publication
inline constexpr std::size_t kMaxMessageBody = 1300;         ///< octets in the body of a MESSAGE that we send. Deviation:
                                                             ///< RFC 3428 section 8 also counts the header.
inline constexpr std::size_t kMaxCustomHeaders = 32;        ///< header fields that the phone adds to one message
inline constexpr std::size_t kMaxCustomHeaderBytes = 8192;  ///< names and values of these headers together

/// The bounds that one stack uses. Raise them on a machine for more calls (StackOptions::limits).
struct StackLimits {
  std::size_t transactions = kMaxTransactions;
  std::size_t server_transactions = kMaxServerTransactions;
  std::size_t call_transactions = kMaxCallTransactions;
  std::size_t sessions = kMaxSessions;
};

}  // namespace offhook::inline v0::sip
