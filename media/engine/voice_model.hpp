#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace offhook::inline v0::media {

/// 32 ms of a call as a model of voices hears them, and what it remembers of that call.
struct ModelTask {
  static constexpr std::size_t kSamples = 256;    ///< new ones, at 8000 Hz
  static constexpr std::size_t kContext = 32;     ///< of before them
  static constexpr std::size_t kState = 128;      ///< of each of the two layers that remember
  std::array<float, kContext + kSamples> samples{};   ///< -1..1
  std::array<float, 2 * kState> state{};              ///< zeros for a call that begins
};

/// Tells how likely somebody speaks, for many calls at once. One thread at a time.
class VoiceModel {
 public:
  static constexpr std::size_t kMostAtOnce = 128;
  virtual ~VoiceModel() = default;
  /// Of each of `tasks`, at most kMostAtOnce, how likely (0..1), and its state after that. False: it works no more.
  [[nodiscard]] virtual bool judge(std::span<ModelTask* const> tasks, std::span<float> likely) = 0;
  /// Why judge() said so.
  [[nodiscard]] virtual std::string wrong() const = 0;
};

}  // namespace offhook::inline v0::media
