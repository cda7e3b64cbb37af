#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Finds voice and known sentences in a recording. Uses only the samples.
namespace offhook::caller {

/// A range of samples: from `begin` up to `end`, which is excluded.
struct Stretch { std::size_t begin = 0, end = 0; };
/// Returns the stretches of voice. A pause shorter than `pause_ms` does not end a stretch.
[[nodiscard]] std::vector<Stretch> voiced_stretches(std::span<const std::int16_t> pcm, std::uint32_t rate_hz, unsigned pause_ms);

/// The best position of a sentence in a recording, and its likeness to the sentence. Likeness is the correlation coefficient in hundredths.
/// Each fifth of a second has its own position: between two of them, a jitter buffer may have removed up to 50 ms, or inserted up to 250 ms
/// when the host was stopped. The remainder after the last whole fifth is not compared, because the end of a sentence sounds different when
/// another sentence follows.
struct Finding {
  std::size_t begin = 0, end = 0;  ///< range of the sentence's voice, in samples of the recording
  int likeness = 0;                ///< mean of the fifths of a second; each jump counts as a loss of half a fifth
  int worst = 0;                   ///< likeness of the worst fifth of a second; low if a piece is missing or replaced
  int weak = 0;                    ///< number of fifths of a second with a likeness below 70: 1 for a lost packet, more for a missing word
  int jumps = 0;                   ///< number of places where samples were removed or inserted
};
/// Finds a sentence in a recording. Both signals have 16000 Hz. Returns nullopt if the recording is shorter than the sentence's voice, or
/// if the sentence has no voice.
[[nodiscard]] std::optional<Finding> find_sentence(std::span<const std::int16_t> recording, std::span<const std::int16_t> sentence);

}  // namespace offhook::caller
