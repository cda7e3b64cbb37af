#pragma once

#include <offhook/media/tones.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// Our own digits as tones (ITU-T Q.23), for a peer that takes no telephone-event. Knows how long an echo of them may come back.
/// Allocates nothing.
class DigitTones {
 public:
  static constexpr double kAmplitude = 9000;       ///< the peak of each of the two tones: -8 dBm0
  static constexpr std::uint64_t kEchoTicks = 25;  ///< half a second, as far as the echo guard looks back

  /// One tick of `digit`, which goes on where its last tick ended. `digit` 0: silence.
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
  /// Whether an echo of ours may be heard in this tick: it must not be taken for a digit of the peer's.
  [[nodiscard]] bool may_echo(std::uint64_t tick) const { return last_tick_ && tick - *last_tick_ <= kEchoTicks; }

 private:
  char digit_ = 0;                           // that sounded in the last tick; 0: none
  std::optional<DtmfSource> source_;
  std::optional<std::uint64_t> last_tick_;   // in which one sounded
};

}  // namespace offhook::inline v0::media
