#pragma once

#include <offhook/agent/app/agent.hpp>
#include <offhook/base/time.hpp>

#include <functional>

namespace offhook::inline v0::agent {

/// Waits at most the given time for a request to end the process. Returns true when one came.
using WaitForEndRequest = std::function<bool(base::Duration)>;

/// Drains `agent` and waits until it is drained. Calls that run may take `limit`, then their BYEs and the REGISTER have `rest` to be answered. Without a
/// call there is only the REGISTER, and the wait is short, in case the registrar does not answer. While it waits, the first request to end the process
/// cuts the calls; the second one ends the wait.
void drain(Agent& agent, base::Duration limit, base::Duration rest, const WaitForEndRequest& wait);

}  // namespace offhook::inline v0::agent
