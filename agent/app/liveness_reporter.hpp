#pragma once

#include <offhook/agent/app/agent.hpp>
#include <offhook/agent/ops/service_notifier.hpp>
#include <offhook/base/time.hpp>

namespace offhook::inline v0::agent {

/// Reports to systemd's watchdog that the process is alive, but only after the signalling thread has answered: without that thread the process serves
/// no call. The agent and the notifier must outlive this object.
class LivenessReporter {
 public:
  LivenessReporter(Agent& agent, const ServiceNotifier& notifier) : agent_(agent), notifier_(notifier) {}

  void on_time(base::TimePoint now) {
    if (!notifier_.alive_interval() || now < next_) return;
    next_ = now + *notifier_.alive_interval();
    agent_.ping([&notifier = notifier_] { notifier.alive(); });  // The answer may come after the end of this object, so the lambda does not use it.
  }

 private:
  Agent& agent_;
  const ServiceNotifier& notifier_;
  base::TimePoint next_{};
};

}  // namespace offhook::inline v0::agent
