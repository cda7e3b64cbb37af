#include <offhook/agent/app/call_threads.hpp>

#include <offhook/agent/support/log.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace offhook::inline v0::agent {

namespace {

std::size_t stalled_of(const std::vector<base::Duration>& late) {
  return static_cast<std::size_t>(std::count_if(late.begin(), late.end(), ThreadSelector::has_stalled));
}

}  // namespace

CallThreads::CallThreads(std::size_t count, const CallThread::EdgesMaker& make_edges) {
  if (count == 0) count = usual_count(std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < count; ++i) threads_.push_back(std::make_unique<CallThread>(make_edges));
}

std::vector<base::Duration> CallThreads::lateness(base::TimePoint now) const {
  std::vector<base::Duration> late;
  for (const auto& thread : threads_) late.push_back(thread->conversations().late(now));
  return late;
}

CallThreads::State CallThreads::state(base::TimePoint now) const { return {threads_.size(), stalled_of(lateness(now))}; }

CallThread& CallThreads::for_new_call(base::TimePoint now) {
  const auto late = lateness(now);
  report(late);
  return *threads_[selector_.next(late)];
}

void CallThreads::report(const std::vector<base::Duration>& late) {
  const std::size_t stalled = stalled_of(late);
  if (stalled == told_stalled_) return;
  told_stalled_ = stalled;
  if (stalled == 0) return log::info("threads.answer", {{"threads", late.size()}});
  const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(*std::max_element(late.begin(), late.end()));
  log::warning("threads.stalled", {{"threads", late.size()}, {"stalled", stalled}, {"late_ms", longest.count()},
                                   {"detail", "the calls of these threads wait; new calls go to the threads that answer"}});
}

}  // namespace offhook::inline v0::agent
