#pragma once

#include <offhook/agent/app/call_thread.hpp>
#include <offhook/agent/app/thread_selector.hpp>
#include <offhook/base/time.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace offhook::inline v0::agent {

/// The conversation threads of an agent. A thread that stalls delays its own calls only: the other threads continue, and get the new calls.
class CallThreads {
 public:
  static constexpr std::size_t kMost = 256;
  /// Returns the number of threads for a machine with `cores` cores; 0: the number of cores is unknown.
  [[nodiscard]] static std::size_t usual_count(std::size_t cores) { return std::clamp<std::size_t>(cores, 1, kMost); }

  /// `count` 0 means usual_count() of this machine.
  CallThreads(std::size_t count, const CallThread::EdgesMaker& make_edges);

  /// Returns the thread for a new call. Logs when threads have stalled, and when the last stall has ended. Use it on one thread only.
  [[nodiscard]] CallThread& for_new_call(base::TimePoint now);
  [[nodiscard]] CallThread& first() { return *threads_.front(); }

  struct State {
    std::size_t threads = 0, stalled = 0;  ///< `stalled`: number of threads for which ThreadSelector::has_stalled()
    [[nodiscard]] bool answer() const { return stalled < threads; }
  };
  [[nodiscard]] State state(base::TimePoint now) const;  ///< callable from any thread

 private:
  [[nodiscard]] std::vector<base::Duration> lateness(base::TimePoint now) const;
  void report(const std::vector<base::Duration>& late);

  std::vector<std::unique_ptr<CallThread>> threads_;
  ThreadSelector selector_;
  std::size_t told_stalled_ = 0;
};

}  // namespace offhook::inline v0::agent
