#pragma once

#include <offhook/agent/app/agent.hpp>
#include <offhook/base/time.hpp>

#include <functional>

namespace offhook::inline v0::agent {

/// Waits at most the given time for a request to end the process. Returns true if such a request came.
using WaitForEndRequest = std::function<bool(base::Duration)>;

/// Drains `agent` and waits until it is drained. Running calls end within its drain_limit(); after that, `rest` remains for the responses to their
/// BYEs and to the REGISTER. If no call runs, the function waits only for the response to the REGISTER, at most 2 s. During the wait, the first
/// request to end the process hangs up the calls, and the second request ends the wait.
void drain(Agent& agent, base::Duration rest, const WaitForEndRequest& wait);

}  // namespace offhook::inline v0::agent
