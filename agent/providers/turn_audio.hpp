#pragma once

#include <offhook/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::agent {

/// The caller's audio in the present turn, for a provider that takes over during the turn. Bounded: of a longer turn, it stores only the end.
class TurnAudio {
 public:
  static constexpr std::size_t kMaxSeconds = 30;

  void begin(std::uint32_t rate_hz);
  void append(std::span<const std::int16_t> pcm);
  /// Returns all audio, converted to `rate_hz`.
  [[nodiscard]] std::vector<std::int16_t> at(std::uint32_t rate_hz) const;
  /// Returns true if Offhook's voice detector finds voice in the audio for at least the time `least`.
  [[nodiscard]] bool has_voice(base::Duration least) const;
  void clear();
  [[nodiscard]] bool empty() const { return pcm_.empty(); }

 private:
  std::uint32_t rate_hz_ = 0;
  std::vector<std::int16_t> pcm_;
};

}  // namespace offhook::inline v0::agent
