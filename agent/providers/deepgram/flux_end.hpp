#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace offhook::inline v0::agent::deepgram {

/// Beyond the silence after which Flux ends a turn whatever it believes, for word of that end.
inline constexpr std::chrono::milliseconds kOwnEndWait(500);

/// How Flux ends turns by itself: the values of /v2/listen and of a Voice Agent's listener.
struct FluxEnd {
  double threshold = 0.7;                   ///< 0.5 to 0.9: it ends a turn when it is so sure that the turn is over
  std::optional<double> eager_threshold{};  ///< 0.3 to 0.9, at most `threshold`: its turn ends for Offhook when it is so sure; nothing: it tells no such end
  std::chrono::milliseconds timeout{2500};  ///< 500 to 60000: silence that ends a turn whatever it believes

  /// The same within the bounds of the service.
  [[nodiscard]] FluxEnd bounded() const {
    FluxEnd end = *this;
    end.threshold = std::clamp(threshold, 0.5, 0.9);
    if (eager_threshold) end.eager_threshold = std::clamp(*eager_threshold, 0.3, end.threshold);
    end.timeout = std::clamp(timeout, std::chrono::milliseconds(500), std::chrono::milliseconds(60'000));
    return end;
  }
};

}  // namespace offhook::inline v0::agent::deepgram
