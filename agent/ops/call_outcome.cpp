#include <offhook/agent/ops/call_outcome.hpp>

namespace offhook::inline v0::agent {

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

CallOutcome outcome_of(const call::Ended& ended, bool answered) {
  using Cause = call::Ended::Cause;
  if (answered) return CallOutcome::Answered;
  switch (ended.cause) {
    case Cause::HungUp:  // A leg may end in this way while it rings: for SIP, RFC 3261 section 15.
    case Cause::Replaced:
    case Cause::Terminated:
    case Cause::Cancelled: return CallOutcome::Cancelled;
    case Cause::Busy: return CallOutcome::Busy;
    case Cause::Declined: return CallOutcome::Declined;
    case Cause::Unavailable:
    case Cause::NoAnswer: return CallOutcome::NoAnswer;
    case Cause::Rejected: return CallOutcome::Refused;
    case Cause::Unacknowledged:
    case Cause::Lost:
    case Cause::Unreachable:
    case Cause::UnknownName: return CallOutcome::Unreachable;
  }
  return CallOutcome::Refused;
}

}  // namespace offhook::inline v0::agent
