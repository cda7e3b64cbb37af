#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::sip::session {

/// Decides when to retry an offer that was refused with 491 because both sides offered at once. The owner of the Call-ID waits
/// 2.1 to 4 s, the other side 0 to 2 s, in steps of 10 ms: RFC 3261 section 14.1. Also retries after a 500 with Retry-After,
/// which means that the peer's own offer has no answer yet: RFC 3261 section 14.2, RFC 3311 section 5.2.
class Glare {
 public:
  static constexpr int kMaxRetries = 8;  ///< after them, the offer is given up
  static constexpr std::uint32_t kMostSeconds = 10;  ///< largest Retry-After of a 500 for glare; a 500 with a larger value means another error

  explicit Glare(bool owns_call_id) : owns_call_id_(owns_call_id) {}

  /// Plans a retry. Returns false after kMaxRetries.
  [[nodiscard]] bool retry_later(base::TimePoint now, base::Random& random);
  /// Plans a retry after a 491, or a 500 with a Retry-After up to kMostSeconds. Returns false for other responses, and after kMaxRetries.
  [[nodiscard]] bool take(const Message& refusal, base::TimePoint now, base::Random& random);
  /// Plans a retry without counting it, because an offer of the peer is pending.
  void postpone(base::TimePoint now, base::Random& random);
  /// Returns true once when the retry is due.
  [[nodiscard]] bool take_due(base::TimePoint now);
  void reset();
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return retry_at_; }

 private:
  bool owns_call_id_;
  int retries_ = 0;
  std::optional<base::TimePoint> retry_at_;
};

}  // namespace offhook::inline v0::sip::session
