#pragma once

#include <offhook/media/dsp/tones.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// Makes our own digits as tones (ITU-T Q.23), for a peer that accepts no telephone-event. It also reports for how long the echo of a digit
/// may come back. Allocates nothing.
class DigitTones {
 public:
  static constexpr double kAmplitude = 9000;       ///< peak of each of the two tones: -8 dBm0
  static constexpr std::uint64_t kEchoTicks = 25;  ///< half a second, the largest lag of the echo guard

  /// Fills one tick with the tones of `digit`, which continue from the last tick. Fills it with silence if `digit` is 0.
  void fill(char digit, std::uint32_t rate_hz, std::uint64_t tick, std::span<std::int16_t> out) {
    if (digit == 0) {
      digit_ = 0;
      return std::fill(out.begin(), out.end(), std::int16_t{0});
    }
    if (digit != digit_) source_.emplace(digit, rate_hz, kAmplitude);
    digit_ = digit;
    last_tick_ = tick;
    source_->fill(out);
  }
  /// Returns true if this tick may contain an echo of our digits, which must not count as a digit of the peer.
  [[nodiscard]] bool may_echo(std::uint64_t tick) const { return last_tick_ && tick - *last_tick_ <= kEchoTicks; }

 private:
  char digit_ = 0;                           // the digit of the last tick, or 0
  std::optional<DtmfSource> source_;
  std::optional<std::uint64_t> last_tick_;   // the last tick with a digit
};

}  // namespace offhook::inline v0::media
