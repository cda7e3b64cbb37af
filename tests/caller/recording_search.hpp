#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// What stands in a recording, by its samples alone: where somebody speaks, and where a known sentence is heard.
namespace offhook::caller {

/// Samples [begin, end).
struct Stretch { std::size_t begin = 0, end = 0; };
/// Where there is voice; pauses shorter than `pause_ms` belong to it.
[[nodiscard]] std::vector<Stretch> voiced_stretches(std::span<const std::int16_t> pcm, std::uint32_t rate_hz, unsigned pause_ms);

/// A sentence in a recording: where it fits best, and how well. Likeness is the correlation coefficient in hundredths, of each fifth of
/// a second for itself: between two of them a jitter buffer takes up to 50 ms out, or puts up to 250 in when the machine stood still. What
/// is left behind the last whole fifth is not looked at: a sentence falls otherwise at its end than where another follows.
struct Finding {
  std::size_t begin = 0, end = 0;  ///< of the sentence's voice, in samples of the recording
  int likeness = 0;                ///< of its parts in the mean; each jump takes a half of one
  int worst = 0;                   ///< of the fifth of a second that fits least: a piece that is missing or was replaced shows here
  int weak = 0;                    ///< fifths of a second whose likeness is below 70: a lost packet makes one, a missing word more
  int jumps = 0;                   ///< places where something was taken out or put in
};
/// Both of 16000 Hz. Nothing when the recording is shorter than the sentence's voice, or there is no voice in it.
[[nodiscard]] std::optional<Finding> find_sentence(std::span<const std::int16_t> recording, std::span<const std::int16_t> sentence);

}  // namespace offhook::caller
