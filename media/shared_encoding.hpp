#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/media_plan.hpp>
#include <offhook/media/resample.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// What many listeners hear alike, brought to 8000 Hz and encoded once for all of them. G.711 alone: an encoder that remembers (G.722)
/// is in another state for each listener, and the octets of a neighbour's are noise to its peer. Allocates nothing.
class SharedEncoding {
 public:
  /// 8000, 16000 or 24000.
  explicit SharedEncoding(std::uint32_t rate_hz) : to_narrow_(rate_hz, 8000), samples_(rate_hz / 50) {}

  /// 20 ms at that rate, once a tick. They are copied.
  void next(std::span<const std::int16_t> frame) noexcept;
  /// The frame before, for a filter that has not heard it.
  [[nodiscard]] std::span<const std::int16_t> before() const noexcept { return std::span(frames_[1 - newest_]).first(samples_); }
  /// The frame as 160 samples at 8000 Hz.
  [[nodiscard]] std::span<const std::int16_t> narrow() noexcept;
  /// The frame in PCMU or PCMA; nothing for any other codec. Good until the next frame.
  [[nodiscard]] base::Bytes octets(AudioCodec codec) noexcept;

  [[nodiscard]] std::uint64_t encoded() const noexcept { return encoded_; }  ///< frames
  [[nodiscard]] std::uint64_t spared() const noexcept { return spared_; }    ///< that were asked for again

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
  bool narrow_fresh_ = false, narrow_runs_ = false;  // of this frame; and it was of the one before
  std::array<Law, 2> laws_{};
  std::uint64_t encoded_ = 0, spared_ = 0;
};

}  // namespace offhook::inline v0::media
