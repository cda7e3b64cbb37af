#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

/// Lets speech last longer or shorter without changing its pitch: what was played lately and what waits to be played lie in one line
/// of samples, and the playing position jumps along it, forward (something is left out) or back (something is heard again), from one
/// place to another that looks the same: by whole pitch periods, as the normalised cross-correlation of both neighbourhoods finds
/// them. Both are cross-faded. The idea is WSOLA's (Verhelst and Roelands, ICASSP 1993).
///
/// One per received stream, on decoded audio. 8000, 16000, 24000 or 48000 Hz, mono. Allocates when made; adds no delay of its own.
class TimeStretch {
 public:
  static constexpr std::size_t kMaxWaitingMs = 80;     ///< what push() finds room for in all
  static constexpr std::size_t kLeastJumpHz = 400;     ///< the shortest jump: 2.5 ms
  static constexpr std::size_t kLargestJumpHz = 66;    ///< the longest one: 15 ms
  static constexpr std::size_t kNeighbourhoodHz = 200; ///< compared on either side of both places: 5 ms
  static constexpr float kAlike = 0.8F;                ///< correlation that makes two places one
  static constexpr float kRoughlyAlike = 0.1F;         ///< and that will do for a rough jump: even noise has it somewhere
  static constexpr int kQuietLevel = 48;               ///< root mean square up to which nobody hears a jump, about -57 dBov

  explicit TimeStretch(std::uint32_t rate_hz);

  /// Appends audio. What has no room is dropped.
  void push(std::span<const std::int16_t> pcm) noexcept;
  /// Samples to be played.
  [[nodiscard]] std::size_t waiting() const noexcept { return end_ - at_; }
  /// Makes what waits longer (wish > 0) by one jump of at most `wish`, or shorter (wish < 0) by one of at most -wish, both within the
  /// bounds above; in a quiet place by exactly as much. At least 20 ms must wait. `rough`: a place that is not quite like the other
  /// one will do, because it is urgent or nobody speaks. Returns by how much it became longer or (less than 0) shorter, in samples: 0
  /// when no place is good enough.
  int stretch(int wish, bool rough) noexcept;
  /// The next samples, silence beyond the end.
  void take(std::span<std::int16_t> out) noexcept;
  void reset() noexcept;

 private:
  struct Match {
    std::size_t size = 0;
    float likeness = 0;
  };
  void forget_played() noexcept;
  [[nodiscard]] bool is_quiet() const noexcept;
  [[nodiscard]] Match look_coarsely(std::size_t longest, int direction) const noexcept;
  [[nodiscard]] Match look_closely(std::size_t first, std::size_t last, int direction) const noexcept;
  [[nodiscard]] std::ptrdiff_t find_jump(std::size_t longest, int direction, float alike) const noexcept;
  void jump(std::ptrdiff_t by) noexcept;

  std::size_t rate_;
  std::size_t neighbourhood_;
  std::size_t shortest_, longest_;    // jumps
  std::vector<std::int16_t> line_;    // what was played lately, then what waits
  std::size_t at_, end_;
  std::size_t heard_ = 0;             // of what was played, how much is audio at all
};

}  // namespace offhook::inline v0::media
