#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// Hides what the network lost: repeats the last pitch period, fades it to silence within 60 ms, and cross-fades back when
/// good audio returns. Adds no delay, allocates nothing, one per received stream. 8000 or 16000 Hz (24000 too), mono.
/// Pitch is searched by normalised cross-correlation between 66 and 400 Hz in the last 40 ms.
class Concealer {
 public:
  static constexpr std::size_t kMaxRate = 24000;
  static constexpr std::size_t kMaxFrame = kMaxRate / 50;

  explicit Concealer(std::uint32_t rate_hz);

  /// Good audio of at most 20 ms, on its way to the listener: remembered, and after a gap (or when `seam` says that it does not
  /// continue what was played) its beginning is blended with what we made up, in place.
  void good(std::span<std::int16_t> frame, bool seam = false) noexcept;
  /// Fills `out` (at most 20 ms) with what might have been heard. Silence 60 ms after the last good sample, and before the first.
  void conceal(std::span<std::int16_t> out) noexcept;
  void reset() noexcept;
  [[nodiscard]] bool concealing() const noexcept { return gap_ != 0; }

 private:
  void remember(std::span<const std::int16_t> samples) noexcept;
  [[nodiscard]] std::size_t find_period() const noexcept;
  [[nodiscard]] float next_made_up() noexcept;
  [[nodiscard]] std::size_t blend_samples() const noexcept { return rate_ / 200; }   // 5 ms
  void begin_gap() noexcept;

  static constexpr std::size_t kHistory = kMaxRate / 20;      // 50 ms
  static constexpr std::size_t kMaxPeriod = kMaxRate / 66 + 1;
  std::size_t rate_;
  std::size_t history_size_;                                  // 50 ms at rate_
  std::array<std::int16_t, kHistory> history_{};              // oldest first; what was played, good and made up
  std::array<float, kMaxPeriod + 1> period_{};                // one period, its end blended into what went before it
  std::size_t period_size_ = 0;
  std::size_t period_at_ = 0;
  float jump_ = 0;                                            // from what was played last to the period's begin; decays to 0
  std::size_t jump_left_ = 0;
  std::size_t gap_ = 0;                                       // samples made up since the last good one
  bool heard_ = false;
};

}  // namespace offhook::inline v0::media
