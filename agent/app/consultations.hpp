#pragma once

#include <offhook/agent/phone/call.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/model/events.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Attended transfers in which the agent does not speak to the target (RFC 5589 section 7). The agent calls the target of a transfer. Only
/// when the target answers, it asks the caller's side to replace that call (REFER with Replaces, RFC 3891). When the target is busy or does
/// not answer, the caller therefore stays with the agent. Runs on the signalling thread.
class Consultations {
 public:
  struct Hooks {
    /// Calls the target, by the server from which the caller's call came.
    std::function<base::Result<phone::CallPtr, base::Error>(const phone::CallPtr& caller, const std::string& target)> dial;
    /// Runs a task later on the signalling thread; tasks that still wait when the agent ends are dropped.
    std::function<void(base::Duration, std::function<void()>)> after;
    /// The target was not reached, and the caller stays with the agent. `status` is the status of the target's refusal, 408 when it did not
    /// answer. `why` is a sentence for the log.
    std::function<void(const phone::CallPtr& caller, int status, std::string_view why)> not_reached;
  };
  static constexpr base::Duration kReplacing = std::chrono::seconds(15);  ///< time for the caller's side to replace the target's call
  static constexpr base::Duration kOutcome = std::chrono::seconds(5);     ///< time after the end of one of the two calls to report the outcome

  Consultations(Hooks hooks, base::Duration ring_limit) : hooks_(std::move(hooks)), ring_limit_(ring_limit) {}

  /// Begins a consultation. Returns the errors of Hooks::dial; then nothing has changed.
  [[nodiscard]] base::Result<void, base::Error> begin(phone::CallPtr caller, const std::string& target);
  /// on_connected() and on_finished() return true when `call` is a call to a target. The agent must then ignore the event.
  [[nodiscard]] bool on_connected(const phone::CallPtr& call);
  [[nodiscard]] bool on_finished(const phone::CallPtr& call, const sip::CallEnded& how);
  /// A REFER to the caller's side has its outcome. Returns false when the REFER belongs to no consultation: it was a blind transfer.
  [[nodiscard]] bool on_transferred(const phone::CallPtr& caller);
  void on_caller_finished(const phone::CallPtr& caller);
  /// The agent ends: hangs up all calls to targets that no caller has replaced.
  void end_all();

 private:
  enum class State : std::uint8_t {
    Calling,
    Replacing,  ///< the target has answered, and the agent has asked the caller's side to replace its call
    Replaced,   ///< the target's call has ended: replaced, or hung up
    Over,       ///< the agent has hung up the target's call
  };
  struct Consultation {
    phone::CallPtr caller, target;
    State state = State::Calling;
  };
  [[nodiscard]] Consultation* of_target(sip::SessionId id);
  [[nodiscard]] Consultation* of_caller(const phone::CallPtr& caller);
  void end(Consultation& consultation);
  /// Gives the consultation up after `delay`, if it is still in `state` then.
  void give_up_later(sip::SessionId target, base::Duration delay, State state);
  void give_up(Consultation& consultation);
  void forget(Consultation& consultation);

  Hooks hooks_;
  base::Duration ring_limit_;
  std::vector<Consultation> all_;  // at most one for each caller
};

}  // namespace offhook::inline v0::agent
