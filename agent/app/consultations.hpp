#pragma once

#include <offhook/agent/call/ended.hpp>
#include <offhook/agent/call/leg.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Attended transfers in which the agent does not speak to the target (RFC 5589 section 7). The agent calls the target of a transfer. Only
/// after the target has answered, the agent asks the caller's side to replace that call (REFER with Replaces, RFC 3891). Therefore, if the
/// target is busy or does not answer, the caller stays with the agent. Runs on the thread of the network.
class Consultations {
 public:
  struct Hooks {
    /// Calls the target, by the server from which the caller's call came.
    std::function<base::Result<call::LegPtr, base::Error>(const call::LegPtr& caller, const std::string& target)> dial;
    /// Runs a task later on the thread of the network; tasks that still wait when the agent ends are dropped.
    std::function<void(base::Duration, std::function<void()>)> after;
    /// The target was not reached, and the caller stays with the agent. `status` is the status of the target's refusal; "408" if the target
    /// did not answer. `why` is a sentence for the log.
    std::function<void(const call::LegPtr& caller, const std::string& status, std::string_view why)> not_reached;
  };
  static constexpr base::Duration kReplacing = std::chrono::seconds(15);  ///< time for the caller's side to replace the target's call
  /// Time for the caller's side to report the outcome, after the caller's call or the target's call has ended.
  static constexpr base::Duration kOutcome = std::chrono::seconds(5);

  Consultations(Hooks hooks, base::Duration ring_limit) : hooks_(std::move(hooks)), ring_limit_(ring_limit) {}

  /// Begins a consultation. If Hooks::dial fails, returns its error, and nothing has changed.
  [[nodiscard]] base::Result<void, base::Error> begin(call::LegPtr caller, const std::string& target);
  /// on_connected() and on_finished() return true when `leg` leads to a target. The agent must then ignore the event.
  [[nodiscard]] bool on_connected(const call::LegPtr& leg);
  [[nodiscard]] bool on_finished(const call::LegPtr& leg, const call::Ended& how);
  /// Call it with the outcome of each REFER to the caller's side. Returns false when the REFER belongs to no consultation: it was a blind transfer.
  [[nodiscard]] bool on_transferred(const call::LegPtr& caller);
  void on_caller_finished(const call::LegPtr& caller);
  /// The agent ends: hangs up all calls to targets that no caller has replaced.
  void end_all();

 private:
  enum class State : std::uint8_t {
    Calling,
    Replacing,  ///< the target has answered, and the agent has asked the caller's side to replace the target's call
    Replaced,   ///< the target's call has ended: replaced, or hung up
    Over,       ///< the agent has hung up the target's call
  };
  struct Consultation {
    call::LegPtr caller, target;
    State state = State::Calling;
  };
  [[nodiscard]] Consultation* of_target(const call::LegPtr& leg);
  [[nodiscard]] Consultation* of_caller(const call::LegPtr& caller);
  void end(Consultation& consultation);
  /// Gives the consultation up after `delay`, if its state is still `state`.
  void give_up_later(const call::LegPtr& target, base::Duration delay, State state);
  void give_up(Consultation& consultation);
  void forget(Consultation& consultation);

  Hooks hooks_;
  base::Duration ring_limit_;
  std::vector<Consultation> all_;  // at most one for each caller, besides those in the state Over
};

}  // namespace offhook::inline v0::agent
