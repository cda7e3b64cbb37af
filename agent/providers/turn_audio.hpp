#pragma once

#include <offhook/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::agent {

/// What the caller has said in the present turn, as sound: given again to whoever takes over when a provider fails in the middle
/// of it. Bounded; of a longer turn the end is kept.
class TurnAudio {
 public:
  static constexpr std::size_t kMaxSeconds = 30;

  void begin(std::uint32_t rate_hz);
  void append(std::span<const std::int16_t> pcm);
  /// The whole of it at `rate_hz`.
  [[nodiscard]] std::vector<std::int16_t> at(std::uint32_t rate_hz) const;
  /// Whether there is voice in it of `least` altogether, as our own detector hears it.
  [[nodiscard]] bool has_voice(base::Duration least) const;
  void clear();
  [[nodiscard]] bool empty() const { return pcm_.empty(); }

 private:
  std::uint32_t rate_hz_ = 0;
  std::vector<std::int16_t> pcm_;
};

}  // namespace offhook::inline v0::agent
