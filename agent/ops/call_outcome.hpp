#pragma once

#include <offhook/sip/stack/events.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace offhook::inline v0::agent {

/// What became of a call, in as few words as counting wants; its record says more.
enum class CallOutcome : std::uint8_t {
  Answered,
  Cancelled,    ///< by whoever called, before it was answered
  Busy,         ///< the called side; of calls to us, all our lines
  Declined,     ///< by whom it rang at
  NoAnswer,
  Refused,      ///< by another status
  Unreachable,  ///< no way to the other side, or one that broke
};
inline constexpr std::array kCallOutcomes{CallOutcome::Answered, CallOutcome::Cancelled, CallOutcome::Busy,       CallOutcome::Declined,
                                          CallOutcome::NoAnswer, CallOutcome::Refused,   CallOutcome::Unreachable};
[[nodiscard]] std::string_view to_string(CallOutcome outcome);
[[nodiscard]] CallOutcome outcome_of(const sip::CallEnded& ended, bool answered);

}  // namespace offhook::inline v0::agent
