#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace offhook::inline v0::agent::deepgram {

/// Offhook waits this much longer than the silence after which Flux always ends a turn: the message about the end needs time.
inline constexpr std::chrono::milliseconds kOwnEndWait(500);

/// The parameters by which Flux itself ends turns, for /v2/listen and for a Voice Agent's listener.
struct FluxEnd {
  double threshold = 0.7;                   ///< 0.5 to 0.9: confidence at which Flux ends a turn
  std::optional<double> eager_threshold{};  ///< 0.3 to 0.9, at most `threshold`: confidence for an eager end, which ends Offhook's turn; nullopt: no eager ends
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
