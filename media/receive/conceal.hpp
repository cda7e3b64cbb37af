#pragma once

#include <offhook/base/prefetch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

/// Conceals lost audio as ITU-T G.711 appendix I does. It repeats the last pitch period, after 10 ms the last two periods, after 20 ms three, so that
/// the sound does not buzz. It fades the repetition, and cross-fades to the good audio that follows. Three things differ from appendix I:
///
/// - It adds no delay: the start of a gap is the newest audio, reversed, under a fade.
/// - A voice that was fading continues to fade at the same rate.
/// - The fade takes 80 ms, and audio without a pitch repeats its last 45 ms.
///
/// Allocates only when made; use one per received stream. 8000, 16000 or 24000 Hz, mono. It searches the pitch by normalised cross-correlation
/// between 66 and 400 Hz in the last 35 ms.
class Concealer {
 public:
  static constexpr std::size_t kMaxRate = 24000;
  static constexpr std::size_t kMaxFrame = kMaxRate / 50;
  static constexpr std::size_t kFullMs = 20;   ///< concealment at full level
  static constexpr std::size_t kGoneMs = 80;   ///< after this time, concealment is silent

  explicit Concealer(std::uint32_t rate_hz);

  /// Takes good audio of at most 20 ms before it is played, and stores it. After a gap, it blends the start of `frame` with concealed audio, in
  /// place. It does the same if `seam` is true: the frame does not continue the audio played before.
  void good(std::span<std::int16_t> frame, bool seam = false) noexcept;
  /// Fills `out` (at most 20 ms) with concealed audio. This audio is silent before the first good sample, and kGoneMs after the last one.
  void conceal(std::span<std::int16_t> out) noexcept;
  void reset() noexcept;
  [[nodiscard]] bool concealing() const noexcept { return gap_ != 0; }
  /// Prefetches the data that the next good() uses.
  void prefetch() const noexcept {
    base::prefetch(*this);
    base::prefetch(history_.data() + end_, rate_ / 50 * sizeof(std::int16_t));
  }

 private:
  void remember(std::span<const std::int16_t> samples) noexcept;
  [[nodiscard]] const std::int16_t* past() const noexcept { return history_.data() + (end_ - history_size_); }
  void find_period() noexcept;
  [[nodiscard]] std::size_t look_coarsely() const noexcept;
  [[nodiscard]] float next_made_up() noexcept;
  [[nodiscard]] float next_repeated() noexcept;
  [[nodiscard]] std::size_t overlap() const noexcept { return period_ / 4; }
  [[nodiscard]] std::size_t blend_samples() const noexcept { return rate_ / 200; }   // 5 ms
  void begin_gap() noexcept;
  void measure_levels() noexcept;
  [[nodiscard]] float levelled(std::size_t at) const noexcept;

  static constexpr std::size_t kMaxPeriods = 3;               // ITU-T G.711 appendix I
  static constexpr std::size_t kFramesAhead = 4;              // frames that fit before older samples are moved to the start
  std::size_t rate_;
  std::size_t history_size_;                                  // 50 ms at rate_: three periods of 66 Hz and a quarter
  std::size_t full_, gone_;                                   // kFullMs and kGoneMs in samples
  float fade_;                                                // change of the fade's factor per sample
  std::vector<std::int16_t> history_;                         // good and concealed audio, oldest first; only the history_size_ samples before end_ are valid
  std::size_t end_;
  std::vector<std::int16_t> repeated_;                        // copy of the history at the start of the gap
  std::size_t period_ = 0;
  float by_period_ = 0;                                       // 1 / period_
  bool voiced_ = false;
  std::size_t left_ = 0;                                      // samples until the end of repeated_, where the repetition goes back
  std::size_t back_ = 0;                                      // samples by which the repetition goes back: whole periods
  std::array<float, kMaxPeriods> level_{};                    // factors of the newest periods, newest first
  float fall_ = 1, fallen_ = 1;                               // factor of the level per sample, and in total
  std::size_t mirrored_ = 0;                                  // samples at the gap's start made with the newest audio, reversed
  std::size_t gap_ = 0;                                       // samples concealed since the last good one
  bool heard_ = false;
};

}  // namespace offhook::inline v0::media
