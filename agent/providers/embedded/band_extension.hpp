#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::agent::embedded {

/// Gives telephone speech the upper band that the recogniser's acoustic model was trained on: 0-4 kHz is mirrored to 4-8 kHz at
/// a quarter of its level (spectral folding). Speech that has an upper band of its own is left as it is; which of the two a
/// line is, is heard from its sound, because a wide-band codec often carries a narrow-band call. One per call; 16 kHz.
/// Measured figures: docs/embedded-speech.md.
class BandExtension {
 public:
  /// The extended samples; they live until the next call. The input itself when the line is wide.
  [[nodiscard]] std::span<const std::int16_t> process(std::span<const std::int16_t> pcm);
  /// A new line: narrow until it sounds otherwise.
  void reset();
  [[nodiscard]] bool is_wide() const { return wide_; }

 private:
  static constexpr std::size_t kTaps = 63;
  [[nodiscard]] bool sounds_wide(std::span<const std::int16_t> pcm);

  std::array<float, kTaps> history_{};
  std::size_t at_ = 0;
  bool wide_ = false;
  bool odd_ = false;
  std::vector<std::int16_t> out_;
};

}  // namespace offhook::inline v0::agent::embedded
