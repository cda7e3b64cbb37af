#pragma once

#include <offhook/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::agent {

/// The caller's audio in the present turn. A provider that takes over during the turn gets it again. Bounded: keeps only the end of a longer turn.
class TurnAudio {
 public:
  static constexpr std::size_t kMaxSeconds = 30;

  void begin(std::uint32_t rate_hz);
  void append(std::span<const std::int16_t> pcm);
  /// Returns all audio, converted to `rate_hz`.
  [[nodiscard]] std::vector<std::int16_t> at(std::uint32_t rate_hz) const;
  /// Returns true if Offhook's voice detector finds at least `least` of voice in the audio.
  [[nodiscard]] bool has_voice(base::Duration least) const;
  void clear();
  [[nodiscard]] bool empty() const { return pcm_.empty(); }

 private:
  std::uint32_t rate_hz_ = 0;
  std::vector<std::int16_t> pcm_;
};

}  // namespace offhook::inline v0::agent
