#include <offhook/agent/providers/azure/socket_fault.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::azure {

namespace {

/// Returns true if the reason of a close frame names a limit. After too many calls or requests, Azure closes with a code that has another
/// meaning (bad data), so that only the reason shows it.
bool names_a_limit(std::string_view reason) {
  constexpr std::array<std::string_view, 6> kWords{"quota", "throttl", "concurren", "too many", "rate limit", "exceeded"};
  std::string lower;
  for (const char c : reason) lower += base::to_lower(c);
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

/// Returns true for a close code after which a new connection is useless: the official client does not reconnect either. The caller of
/// this function handles 1007.
bool is_final(int code) { return code == 1002 || code == 1003 || code == 4000; }

}  // namespace

RequestFailure fault_of(std::string_view whom, const net::WebSocketClosed& closed) {
  if (closed.status != 0) return failure_of(whom, net::HttpHead{closed.status, {{"retry-after", closed.retry_after}}}, {});
  if (closed.error && (closed.code == 0 || closed.code == 1006)) return failure_of(whom, *closed.error);
  const std::string told = std::string(whom) + " closed the connection with " + std::to_string(closed.code);
  if (closed.code == 4429 || (closed.code == 1007 && (closed.reason.empty() || names_a_limit(closed.reason))))
    return {FailureKind::RateLimited, told + ": the quota of the resource is exceeded", std::nullopt};
  if (closed.code == 1007) return {FailureKind::Protocol, told + ": it refuses the request; check language and voice", std::nullopt};
  if (is_final(closed.code)) return {FailureKind::Protocol, told, std::nullopt};
  return {FailureKind::Network, told, base::Duration::zero()};
}

}  // namespace offhook::inline v0::agent::azure
