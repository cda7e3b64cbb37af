#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace offhook::inline v0::media {

/// A steady sine, with a resolution of 0.001 Hz. The phase continues from one invocation to the next. It is counted in whole parts of a turn, and
/// therefore stays exact for any time. `amplitude` is the peak, 0..32767; `hz` is at most half of `rate_hz`, which is at most 4,000,000.
class SineSource {
 public:
  SineSource() = default;   ///< silence
  SineSource(double hz, std::uint32_t rate_hz, double amplitude);
  void fill(std::span<std::int16_t> out) noexcept;
  /// Adds the sine to `inout`, and saturates.
  void mix(std::span<std::int16_t> inout) noexcept;

 private:
  template <class Base>
  void render(std::span<std::int16_t> out, Base base) noexcept;
  std::uint32_t turn_ = 1;      // number of parts of a turn: the sample rate in thousandths of a hertz
  std::uint32_t step_ = 0, phase_ = 0;
  float amplitude_ = 0;
};

/// Returns the low and the high frequency of a DTMF digit (0-9 * # A-D, a-d) in Hz. ITU-T Q.23.
[[nodiscard]] std::optional<std::pair<double, double>> dtmf_frequencies(char digit);

/// Plays the two tones of one digit without an end, or silence if `digit` is not a digit. `amplitude` is the peak of each tone.
class DtmfSource {
 public:
  DtmfSource(char digit, std::uint32_t rate_hz, double amplitude = 6000);
  void fill(std::span<std::int16_t> out) noexcept;

 private:
  SineSource low_, high_;
};

/// White noise at a level that shows the listener that the line is active. Equal seeds make equal noise.
class ComfortNoise {
 public:
  explicit ComfortNoise(std::int16_t level_dbov = -65, std::uint32_t seed = 1);
  void fill(std::span<std::int16_t> out) noexcept;

 private:
  std::uint32_t state_;
  double amplitude_;
};

}  // namespace offhook::inline v0::media
