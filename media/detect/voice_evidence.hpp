#pragma once

#include <cstdint>

namespace offhook::inline v0::media {

/// Measures how much of the caller's voice has come while the agent speaks. After enough voice, the agent pauses before the conversation has decided.
/// A frame of clear voice counts in full, faint voice (background speech, a breath) counts half. A frame without voice removes one frame, so that
/// clicks and keys never reach the limit. Counts frames of 20 ms, reads no clock.
class VoiceEvidence {
 public:
  static constexpr std::int16_t kClearDbov = -40;  ///< 10 dB below the voice of a quiet caller
  static constexpr unsigned kFrameMs = 20;
  static constexpr unsigned kEnoughMs = 140;       ///< includes the detector's delay; a voice reaches this limit 130 to 165 ms after its first sample

  void add(bool voiced, std::int16_t level_dbov) noexcept {
    if (!voiced) {
      ms_ -= ms_ < kFrameMs ? ms_ : kFrameMs;
    } else if (ms_ < kEnoughMs) {
      ms_ += level_dbov >= kClearDbov ? kFrameMs : kFrameMs / 2;
    }
  }
  [[nodiscard]] bool enough() const noexcept { return ms_ >= kEnoughMs; }
  [[nodiscard]] unsigned ms() const noexcept { return ms_; }
  void reset() noexcept { ms_ = 0; }

 private:
  unsigned ms_ = 0;
};

}  // namespace offhook::inline v0::media
