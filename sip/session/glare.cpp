#include <offhook/sip/session/glare.hpp>

#include <chrono>

namespace offhook::inline v0::sip::session {

bool Glare::retry_later(base::TimePoint now, base::Random& random) {
  if (retries_ >= kMaxRetries) return false;
  ++retries_;
  postpone(now, random);
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
