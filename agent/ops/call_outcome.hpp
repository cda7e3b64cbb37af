#pragma once

#include <offhook/agent/call/ended.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace offhook::inline v0::agent {

/// The outcome of a call for counting. The call's record has more details.
enum class CallOutcome : std::uint8_t {
  Answered,
  Cancelled,    ///< the caller ended the call before the answer
  Busy,         ///< the called side is busy; for incoming calls, all lines of this agent are busy
  Declined,     ///< the called user declined the call
  NoAnswer,
  Refused,      ///< the called side refused the call for any other reason
  Unreachable,  ///< no route to the peer exists, or the connection broke
};
inline constexpr std::array kCallOutcomes{CallOutcome::Answered, CallOutcome::Cancelled, CallOutcome::Busy, CallOutcome::Declined,
                                          CallOutcome::NoAnswer, CallOutcome::Refused, CallOutcome::Unreachable};
[[nodiscard]] std::string_view to_string(CallOutcome outcome);
[[nodiscard]] CallOutcome outcome_of(const call::Ended& ended, bool answered);

}  // namespace offhook::inline v0::agent
