#pragma once

#include <offhook/agent/providers/turn_audio.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace offhook::inline v0::agent {

/// The audio of the caller's turn, stored until its transcript is known. If the caller continues before the transcript comes, the turn
/// has two halves. The second half is also stored separately, so that a listener can get it if the transcript of the first half still
/// comes. Pure.
class HeardTurn {
 public:
  void begin(std::uint32_t turn, std::uint32_t rate_hz);
  /// Continues the turn under the number `turn`. Call it when the caller speaks again before the transcript has come.
  void go_on(std::uint32_t turn);
  void append(std::span<const std::int16_t> pcm);
  /// Call it when the transcript of `turn` comes. If that was the first half, drops its audio, keeps the second half, and returns true.
  [[nodiscard]] bool on_words(std::uint32_t turn);
  /// Returns all audio at `rate_hz`, for a listener that takes over. After that, the turn has this rate and is not divided.
  [[nodiscard]] std::vector<std::int16_t> take_over(std::uint32_t rate_hz);
  void clear();

  /// Returns true while the transcript of the first half is missing.
  [[nodiscard]] bool waits() const { return first_.has_value(); }
  [[nodiscard]] bool has_voice(base::Duration least) const { return all_.has_voice(least); }

 private:
  TurnAudio all_, since_;  // since_: the second half, while first_ has no words
  std::uint32_t turn_ = 0, rate_hz_ = 0;
  std::optional<std::uint32_t> first_;
};

}  // namespace offhook::inline v0::agent
