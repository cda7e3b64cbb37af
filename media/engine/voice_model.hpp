#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace offhook::inline v0::media {

/// The model's input of 32 ms of a call, and the model's state for that call.
struct ModelTask {
  static constexpr std::size_t kSamples = 256;    ///< new samples, at 8000 Hz
  static constexpr std::size_t kContext = 32;     ///< samples before the new ones
  static constexpr std::size_t kState = 128;      ///< size of each of the two layers of state
  std::array<float, kContext + kSamples> samples{};   ///< -1..1
  std::array<float, 2 * kState> state{};              ///< zeros for a new call
};

/// Computes the likelihood of voice for many calls at once. Only one thread at a time may use it.
class VoiceModel {
 public:
  static constexpr std::size_t kMostAtOnce = 128;
  virtual ~VoiceModel() = default;
  /// Judges at most kMostAtOnce `tasks`: sets the likelihood (0..1) and the new state of each. Returns false if the model has failed.
  [[nodiscard]] virtual bool judge(std::span<ModelTask* const> tasks, std::span<float> likely) = 0;
  /// Returns the reason of the failure.
  [[nodiscard]] virtual std::string wrong() const = 0;
};

}  // namespace offhook::inline v0::media
