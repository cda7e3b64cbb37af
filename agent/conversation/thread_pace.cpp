#include <offhook/agent/conversation/thread_pace.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

void ThreadPace::on_wake(base::TimePoint now, bool has_calls) {
  due_ = has_calls ? std::max(due_ + kCalls, now - kCalls) : now + kIdle;  // Delays do not add up. A late thread catches up one tick only.
}

}  // namespace offhook::inline v0::agent
