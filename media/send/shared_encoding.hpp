#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/media/dsp/resample.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/media_plan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// Audio that many listeners share, converted to 8000 Hz and encoded once for all of them. Only G.711: a codec with a state (G.722) has another state
/// for each listener, and no listener could decode the octets of another one. Allocates nothing.
class SharedEncoding {
 public:
  /// `rate_hz`: 8000, 16000 or 24000.
  explicit SharedEncoding(std::uint32_t rate_hz) : to_narrow_(rate_hz, 8000), samples_(rate_hz / 50) {}

  /// Copies 20 ms at the constructor's `rate_hz`. Call it once per tick.
  void next(std::span<const std::int16_t> frame) noexcept;
  /// Returns the previous frame, for a filter that has not processed it.
  [[nodiscard]] std::span<const std::int16_t> before() const noexcept { return std::span(frames_[1 - newest_]).first(samples_); }
  /// Returns the frame as 160 samples at 8000 Hz.
  [[nodiscard]] std::span<const std::int16_t> narrow() noexcept;
  /// Returns the frame in PCMU or PCMA, valid until the next frame. Returns an empty span for any other codec.
  [[nodiscard]] base::Bytes octets(AudioCodec codec) noexcept;

  [[nodiscard]] std::uint64_t encoded() const noexcept { return encoded_; }  ///< frames that were encoded
  [[nodiscard]] std::uint64_t spared() const noexcept { return spared_; }    ///< requests for a frame that was already encoded

 private:
  static constexpr std::size_t kNarrow = 160;
  struct Law {
    std::array<std::uint8_t, kNarrow> octets{};
    bool fresh = false;
  };

  Resampler to_narrow_;
  std::size_t samples_;
  std::array<std::array<std::int16_t, kMaxFrameSamples>, 2> frames_{};
  std::size_t newest_ = 0;
  std::array<std::int16_t, kNarrow> narrow_{};
  bool narrow_fresh_ = false, narrow_runs_ = false;  // true if narrow() was used for this frame; and for the previous frame
  std::array<Law, 2> laws_{};
  std::uint64_t encoded_ = 0, spared_ = 0;
};

}  // namespace offhook::inline v0::media
