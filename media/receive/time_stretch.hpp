#pragma once

#include <offhook/base/prefetch.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

/// Makes speech longer or shorter without changing its pitch. The audio played lately and the audio to play next are one line of samples. The playing position
/// jumps along this line between two similar places: a jump forward omits audio, and a jump back repeats audio. A jump is a whole number of pitch periods,
/// which the normalised cross-correlation of the surroundings of both places finds. The two places are cross-faded. The idea is WSOLA's (Verhelst and
/// Roelands, ICASSP 1993).
///
/// Use one per received stream, on decoded audio. 8000, 16000, 24000 or 48000 Hz, mono. Only the constructor allocates; it adds no delay of its own.
class TimeStretch {
 public:
  static constexpr std::size_t kMaxWaitingMs = 80;     ///< total space for waiting audio
  static constexpr std::size_t kLeastJumpHz = 400;     ///< the shortest jump: 2.5 ms
  static constexpr std::size_t kLargestJumpHz = 66;    ///< the longest one: 15 ms
  static constexpr std::size_t kNeighbourhoodHz = 200; ///< audio compared on each side of both places: 5 ms
  static constexpr float kAlike = 0.8F;                ///< correlation above which two places count as equal
  static constexpr float kRoughlyAlike = 0.1F;         ///< correlation that is enough for a rough jump; even noise has such a place
  static constexpr int kQuietLevel = 48;               ///< root mean square up to which a jump is inaudible, about -57 dBov

  explicit TimeStretch(std::uint32_t rate_hz);

  /// Appends audio. Drops samples that do not fit.
  void push(std::span<const std::int16_t> pcm) noexcept;
  /// Returns the number of samples that wait to be played.
  [[nodiscard]] std::size_t waiting() const noexcept { return end_ - at_; }
  /// Makes the waiting audio longer (wish > 0) by one jump of at most `wish`, or shorter (wish < 0) by one jump of at most -wish, both within the
  /// bounds above. In a quiet place the jump has exactly that length. At least 20 ms must wait. If `rough` is true, because the change is urgent or
  /// the audio is a pause, less similar places are enough. Returns the change in samples: positive if the audio became longer, negative if it became
  /// shorter, and 0 if no places are similar enough.
  int stretch(int wish, bool rough) noexcept;
  /// Fills `out` with the next samples, and with silence after the end of the waiting audio.
  void take(std::span<std::int16_t> out) noexcept;
  void reset() noexcept;
  /// Prefetches the data that the next push() and take() use.
  void prefetch() const noexcept { base::prefetch(line_.data() + at_, (waiting() + rate_ / 50) * sizeof(std::int16_t)); }

 private:
  struct Match {
    std::size_t size = 0;
    float likeness = 0;
  };
  void make_room() noexcept;
  [[nodiscard]] bool is_quiet() const noexcept;
  [[nodiscard]] Match look_coarsely(std::size_t longest, int direction) const noexcept;
  [[nodiscard]] Match look_closely(std::size_t first, std::size_t last, int direction) const noexcept;
  [[nodiscard]] std::ptrdiff_t find_jump(std::size_t longest, int direction, float alike) const noexcept;
  void jump(std::ptrdiff_t by) noexcept;

  std::size_t rate_;
  std::size_t neighbourhood_;
  std::size_t shortest_, longest_;    // the shortest and the longest jump, in samples
  std::vector<std::int16_t> line_;    // samples played lately, then samples that wait
  std::size_t at_, end_;
  std::size_t heard_ = 0;             // how many of the played samples are audio
};

}  // namespace offhook::inline v0::media
