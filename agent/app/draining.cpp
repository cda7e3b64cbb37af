#include <offhook/agent/app/draining.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

namespace {
constexpr base::Duration kUnregister = std::chrono::seconds(2), kByesOfCutCalls = std::chrono::seconds(1);
}  // namespace

void drain(Agent& agent, base::Duration rest, const WaitForEndRequest& wait) {
  const bool is_idle = agent.calls() == 0;
  agent.drain();
  auto end = base::Clock::now() + (is_idle ? kUnregister : agent.drain_limit() + rest);
  bool was_cut = false;
  while (!agent.drained() && base::Clock::now() < end) {
    if (!wait(std::chrono::milliseconds(100))) continue;
    if (std::exchange(was_cut, true)) return;
    agent.cut_calls();
    end = std::min<base::TimePoint>(end, base::Clock::now() + kByesOfCutCalls);
  }
}

}  // namespace offhook::inline v0::agent
