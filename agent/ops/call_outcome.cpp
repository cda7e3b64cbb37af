#include <offhook/agent/ops/call_outcome.hpp>

namespace offhook::inline v0::agent {

namespace {

/// Maps a status of RFC 3261 section 21.
CallOutcome outcome_of_status(int status) {
  switch (status) {
    case 408:
    case 480: return CallOutcome::NoAnswer;
    case 486:
    case 600: return CallOutcome::Busy;
    case 487: return CallOutcome::Cancelled;
    case 603: return CallOutcome::Declined;
    default: return CallOutcome::Refused;
  }
}

}  // namespace

std::string_view to_string(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::Answered: return "answered";
    case CallOutcome::Cancelled: return "cancelled";
    case CallOutcome::Busy: return "busy";
    case CallOutcome::Declined: return "declined";
    case CallOutcome::NoAnswer: return "no_answer";
    case CallOutcome::Refused: return "refused";
    case CallOutcome::Unreachable: return "unreachable";
  }
  return "";
}

CallOutcome outcome_of(const sip::CallEnded& ended, bool answered) {
  using Why = sip::CallEnded::Why;
  if (answered) return CallOutcome::Answered;
  switch (ended.why) {
    case Why::Bye:  // A BYE for an early dialog: RFC 3261 section 15.
    case Why::Replaced:
    case Why::Cancelled: return CallOutcome::Cancelled;
    case Why::Rejected: return outcome_of_status(ended.status);
    case Why::NoAnswer: return CallOutcome::NoAnswer;
    case Why::NoAck:
    case Why::SessionLost:
    case Why::Unreachable:
    case Why::Unresolvable: return CallOutcome::Unreachable;
  }
  return CallOutcome::Refused;
}

}  // namespace offhook::inline v0::agent
