#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace offhook::inline v0::agent::deepgram {

/// Offhook adds this time to the silence after which Flux always ends a turn, because the message that reports the end needs time.
inline constexpr std::chrono::milliseconds kOwnEndWait(500);

/// How Flux itself ends turns: the parameters of /v2/listen and of a Voice Agent's listener.
struct FluxEnd {
  double threshold = 0.7;                   ///< 0.5 to 0.9: confidence at which Flux ends a turn
  std::optional<double> eager_threshold{};  ///< 0.3 to 0.9, at most `threshold`: confidence at which the turn ends for Offhook; nullopt: no eager ends
  std::chrono::milliseconds timeout{2500};  ///< 500 to 60000: silence that ends a turn at any confidence

  /// Returns a copy with all values within the bounds of the service.
  [[nodiscard]] FluxEnd bounded() const {
    FluxEnd end = *this;
    end.threshold = std::clamp(threshold, 0.5, 0.9);
    if (eager_threshold) end.eager_threshold = std::clamp(*eager_threshold, 0.3, end.threshold);
    end.timeout = std::clamp(timeout, std::chrono::milliseconds(500), std::chrono::milliseconds(60'000));
    return end;
  }
};

}  // namespace offhook::inline v0::agent::deepgram
