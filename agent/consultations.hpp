#pragma once

#include <offhook/agent/phone/call.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/stack/events.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Attended transfers without a word (RFC 5589 section 7): the agent calls the target of a transfer, and only when the target answers it asks the
/// caller's side to replace that call (REFER with Replaces, RFC 3891). A target that is busy or does not answer costs no caller. On the signalling thread.
class Consultations {
 public:
  struct Hooks {
    /// Calls the target, by the same server as the caller came.
    std::function<base::Result<phone::CallPtr, base::Error>(const phone::CallPtr& caller, const std::string& target)> dial;
    /// Runs a task on the signalling thread later; tasks that are left when the agent ends are dropped.
    std::function<void(base::Duration, std::function<void()>)> after;
    /// The caller stays with the agent. `status`: of the target's refusal; 408 when it did not answer. `why`: a sentence for the log.
    std::function<void(const phone::CallPtr& caller, int status, std::string_view why)> not_reached;
  };
  static constexpr base::Duration kReplacing = std::chrono::seconds(15);  ///< what the caller's side gets to replace the target's call
  static constexpr base::Duration kOutcome = std::chrono::seconds(5);     ///< what it gets once one of the two calls has ended, to do it or to tell the outcome

  Consultations(Hooks hooks, base::Duration ring_limit) : hooks_(std::move(hooks)), ring_limit_(ring_limit) {}

  /// Errors: those of Hooks::dial; then nothing has changed.
  [[nodiscard]] base::Result<void, base::Error> begin(phone::CallPtr caller, const std::string& target);
  /// Each returns whether the call is that of a target, with which the agent has nothing else to do.
  [[nodiscard]] bool on_connected(const phone::CallPtr& call);
  [[nodiscard]] bool on_finished(const phone::CallPtr& call, const sip::CallEnded& how);
  /// The REFER to the caller's side has its outcome.
  void on_transferred(const phone::CallPtr& caller);
  void on_caller_finished(const phone::CallPtr& caller);
  /// The agent ends: no target is left with a call of ours.
  void end_all();

 private:
  enum class State : std::uint8_t {
    Calling,
    Replacing,  ///< the target has answered, and the caller's side was asked to replace its call
    Replaced,   ///< the target's call has ended: replaced, or hung up
    Over,       ///< the target's call is being ended
  };
  struct Consultation {
    phone::CallPtr caller, target;
    State state = State::Calling;
  };
  [[nodiscard]] Consultation* of_target(sip::SessionId id);
  [[nodiscard]] Consultation* of_caller(const phone::CallPtr& caller);
  void end(Consultation& consultation);
  /// Gives up what is still in `state` then.
  void give_up_later(sip::SessionId target, base::Duration delay, State state);
  void give_up(Consultation& consultation);
  void forget(Consultation& consultation);

  Hooks hooks_;
  base::Duration ring_limit_;
  std::vector<Consultation> all_;  // at most one for each caller
};

}  // namespace offhook::inline v0::agent
