#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::media {

/// What networks and machines say by tones, as one word for each meaning (call_progress.hpp says what they sound like).
enum class LineTone : std::uint8_t {
  None,
  Dial,
  Ringback,
  Busy,
  Congestion,
  Unobtainable,
  Information,     ///< special information tones that do not say why
  NoCircuit,       ///< those that do, from here on
  Intercept,
  VacantCode,
  Reorder,
  FaxCalling,
  FaxAnswering,
  Beep,            ///< of an answering machine: it records now
};
[[nodiscard]] std::string_view to_string(LineTone tone);

/// Whether the network says by it that a call will not come about, or is over.
[[nodiscard]] constexpr bool is_refusal(LineTone tone) { return tone >= LineTone::Busy && tone <= LineTone::Reorder; }

}  // namespace offhook::inline v0::media
