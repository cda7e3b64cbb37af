#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::sip::session {

/// Both sides offered at once and ours was refused with 491: when to try again. The owner of the Call-ID waits 2.1 to 4 s, the
/// other one 0 to 2 s, in steps of 10 ms. RFC 3261 section 14.1. A 500 with Retry-After says that theirs has no answer
/// yet, and is waited for as well: RFC 3261 section 14.2, RFC 3311 section 5.2.
class Glare {
 public:
  static constexpr int kMaxRetries = 8;  ///< Then the offer is given up.
  static constexpr std::uint32_t kMostSeconds = 10;  ///< Of Retry-After in such a 500; who names more means something else.

  explicit Glare(bool owns_call_id) : owns_call_id_(owns_call_id) {}

  /// False when there were kMaxRetries already.
  [[nodiscard]] bool retry_later(base::TimePoint now, base::Random& random);
  /// False: this response is for good, or there were kMaxRetries already.
  [[nodiscard]] bool take(const Message& refusal, base::TimePoint now, base::Random& random);
  /// The time came, but their offer is in the way: waits again, without counting.
  void postpone(base::TimePoint now, base::Random& random);
  /// True once when due.
  [[nodiscard]] bool take_due(base::TimePoint now);
  void reset();
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return retry_at_; }

 private:
  bool owns_call_id_;
  int retries_ = 0;
  std::optional<base::TimePoint> retry_at_;
};

}  // namespace offhook::inline v0::sip::session
