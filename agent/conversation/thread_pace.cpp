#include <offhook/agent/conversation/thread_pace.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

void ThreadPace::on_wake(base::TimePoint now, bool has_calls) {
  due_ = has_calls ? std::max(due_ + kCalls, now - kCalls) : now + kIdle;  // Delays do not add up: a late thread makes up for one tick at most.
}

}  // namespace offhook::inline v0::agent
