#include <offhook/agent/conversation/thread_pace.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

bool ThreadPace::on_wake(base::TimePoint now, bool has_calls) {
  const bool is_delayed = now - due_ > kDelay;
  if (is_delayed) {
    due_ = now + kCalls;
  } else if (has_calls) {
    due_ = std::max(due_ + kCalls, now - kCalls);  // From the origin; a late thread catches up one tick only.
  } else {
    due_ = now + kIdle;
  }
  return !is_delayed;
}

}  // namespace offhook::inline v0::agent
