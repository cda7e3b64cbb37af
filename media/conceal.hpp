#pragma once

#include <offhook/base/prefetch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

/// Hides what the network lost, as ITU-T G.711 appendix I does: repeats the last pitch period, after 10 ms the last two of them, after
/// 20 ms three, so that it does not buzz; fades it, and cross-fades back when good audio returns. Other than there, it adds no delay:
/// a gap's begin is what was heard last, reversed, under a fade. A voice that was becoming fainter goes on so. The fade takes 80 ms, and
/// what is not voiced goes on with its last 45 ms. Allocates nothing; one per received stream. 8000 or 16000 Hz (24000 too), mono.
/// Pitch is searched by normalised cross-correlation between 66 and 400 Hz in the last 35 ms.
class Concealer {
 public:
  static constexpr std::size_t kMaxRate = 24000;
  static constexpr std::size_t kMaxFrame = kMaxRate / 50;
  static constexpr std::size_t kFullMs = 20;   ///< as loud as before
  static constexpr std::size_t kGoneMs = 80;   ///< then silent

  explicit Concealer(std::uint32_t rate_hz);

  /// Good audio of at most 20 ms, on its way to the listener: remembered, and after a gap (or when `seam` says that it does not
  /// continue what was played) its beginning is blended with what we made up, in place.
  void good(std::span<std::int16_t> frame, bool seam = false) noexcept;
  /// Fills `out` (at most 20 ms) with what might have been heard. Silence kGoneMs after the last good sample, and before the first.
  void conceal(std::span<std::int16_t> out) noexcept;
  void reset() noexcept;
  [[nodiscard]] bool concealing() const noexcept { return gap_ != 0; }
  /// Asks for what the next good() touches to be in the cache soon.
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
  static constexpr std::size_t kFramesAhead = 4;              // before what is older is moved to the begin
  std::size_t rate_;
  std::size_t history_size_;                                  // 50 ms at rate_: three periods of 66 Hz and a quarter
  std::size_t full_, gone_;                                   // kFullMs and kGoneMs in samples
  float fade_;                                                // of a full level, per sample
  std::vector<std::int16_t> history_;                         // oldest first; what was played, good and made up: history_size_ before end_
  std::size_t end_;
  std::vector<std::int16_t> repeated_;                        // as it was when the gap began
  std::size_t period_ = 0;
  float by_period_ = 0;                                       // one divided by it
  bool voiced_ = false;
  std::size_t left_ = 0;                                      // samples to the end of repeated_, which end leads over
  std::size_t back_ = 0;                                      // by so much: whole periods
  std::array<float, kMaxPeriods> level_{};                    // by which the newest periods, newest first, are multiplied
  float fall_ = 1, fallen_ = 1;                               // of the level, by each sample and so far
  std::size_t mirrored_ = 0;                                  // samples of a gap's begin into which what was played last, reversed, fades
  std::size_t gap_ = 0;                                       // samples made up since the last good one
  bool heard_ = false;
};

}  // namespace offhook::inline v0::media
