#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Finds voice and known sentences in a recording, only by its samples.
namespace offhook::caller {

/// Samples [begin, end).
struct Stretch { std::size_t begin = 0, end = 0; };
/// Returns the stretches with voice; they include pauses shorter than `pause_ms`.
[[nodiscard]] std::vector<Stretch> voiced_stretches(std::span<const std::int16_t> pcm, std::uint32_t rate_hz, unsigned pause_ms);

/// The best position of a sentence in a recording, and how well it fits. Likeness is the correlation coefficient in hundredths. Each fifth of a
/// second has its own: between two of them, a jitter buffer removes up to 50 ms, or inserts up to 250 ms when the host was stopped. The rest after
/// the last whole fifth is not compared, because the end of a sentence sounds different when another sentence follows.
struct Finding {
  std::size_t begin = 0, end = 0;  ///< the sentence's voice, in samples of the recording
  int likeness = 0;                ///< mean over its parts; each jump subtracts half of a part
  int worst = 0;                   ///< the fifth of a second with the worst fit; low if a piece is missing or replaced
  int weak = 0;                    ///< fifths of a second with a likeness below 70: one for a lost packet, more for a missing word
  int jumps = 0;                   ///< places where samples were removed or inserted
};
/// Finds a sentence; both signals have 16000 Hz. Returns nullopt when the recording is shorter than the sentence's voice, or when the sentence has no
/// voice.
[[nodiscard]] std::optional<Finding> find_sentence(std::span<const std::int16_t> recording, std::span<const std::int16_t> sentence);

}  // namespace offhook::caller
