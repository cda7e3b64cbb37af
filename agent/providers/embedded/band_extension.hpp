#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::agent::embedded {

/// Gives telephone speech the upper band on which the recogniser's acoustic model was trained: mirrors 0-4 kHz to 4-8 kHz at a quarter of its level
/// (spectral folding). Leaves speech that has an upper band of its own unchanged. The sound decides, and not the codec, because a wideband codec often
/// carries a narrow-band call. Use one object for each telephone call, with samples at 16 kHz. For measured figures, see docs/embedded-speech.md.
class BandExtension {
 public:
  /// Returns the extended samples, which stay valid until the next invocation; `pcm` itself if the line is wideband.
  [[nodiscard]] std::span<const std::int16_t> process(std::span<const std::int16_t> pcm);
  /// Starts a new line, which counts as narrow-band until its sound shows otherwise.
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
