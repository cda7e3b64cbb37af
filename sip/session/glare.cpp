#include <offhook/sip/session/glare.hpp>

#include <algorithm>
#include <chrono>

namespace offhook::inline v0::sip::session {

bool Glare::retry_later(base::TimePoint now, base::Random& random) {
  if (retries_ >= kMaxRetries) return false;
  ++retries_;
  postpone(now, random);
  return true;
}

bool Glare::take(const Message& refusal, base::TimePoint now, base::Random& random) {
  const auto asked = refusal.status() == 500 ? refusal.number(HeaderName::RetryAfter) : std::nullopt;
  if (refusal.status() != 491 && (!asked || *asked > kMostSeconds)) return false;
  if (!retry_later(now, random)) return false;
  if (asked) retry_at_ = std::max(*retry_at_, now + std::chrono::seconds(*asked));
  return true;
}

void Glare::postpone(base::TimePoint now, base::Random& random) {
  const std::uint64_t first = owns_call_id_ ? 210 : 0;  // In units of 10 ms.
  const std::uint64_t last = owns_call_id_ ? 400 : 200;
  retry_at_ = now + std::chrono::milliseconds(10 * (first + random.below(last - first + 1)));
}

bool Glare::take_due(base::TimePoint now) {
  if (!retry_at_ || now < *retry_at_) return false;
  retry_at_.reset();
  return true;
}

void Glare::reset() {
  retries_ = 0;
  retry_at_.reset();
}

}  // namespace offhook::inline v0::sip::session
