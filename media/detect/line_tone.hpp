#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::media {

/// The tones of networks and machines, one value for each meaning. call_progress.hpp describes their sounds.
enum class LineTone : std::uint8_t {
  None,
  Dial,
  Ringback,
  Busy,
  Congestion,
  Unobtainable,
  Information,     ///< special information tones that give no reason
  NoCircuit,       ///< special information tones: this one and the next three give the reason
  Intercept,
  VacantCode,
  Reorder,
  FaxCalling,
  FaxAnswering,
  Beep,            ///< the beep of an answering machine that now starts to record
};
[[nodiscard]] std::string_view to_string(LineTone tone);

/// Returns true if the tone means that the call fails or has ended.
[[nodiscard]] constexpr bool is_refusal(LineTone tone) { return tone >= LineTone::Busy && tone <= LineTone::Reorder; }

}  // namespace offhook::inline v0::media
