#pragma once

#include <offhook/tests/caller/step_caller.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace offhook::bench {

/// Something that a simulator, or several of them after each other, began to answer, by the monotonic clock.
struct SimTurn {
  std::optional<unsigned> session;  ///< where one socket served the whole call
  std::int64_t last_voiced_us = 0, first_delta_us = 0;
  std::int64_t own_us = 0;  ///< of what lies between the two: ours, and no service's
};
[[nodiscard]] std::vector<SimTurn> sim_turns(const std::vector<nlohmann::json>& log);

/// A turn as its caller recorded it, by the same clock.
struct HeardTurn {
  std::int64_t last_voiced_us = 0;   ///< when the packet with the caller's last voiced sample left
  std::int64_t first_voiced_us = 0;  ///< when the reply's first voiced sample was played to the caller
  double recorded_ms = 0;            ///< between the two samples, as they lie in the recording
  std::optional<SimTurn> model{};    ///< what the simulator noted of it
  [[nodiscard]] double whole_ms() const { return static_cast<double>(first_voiced_us - last_voiced_us) / 1000; }
  [[nodiscard]] double model_ms() const { return static_cast<double>(model->first_delta_us - model->last_voiced_us - model->own_us) / 1000; }
  [[nodiscard]] double between_ms() const { return static_cast<double>(model->own_us) / 1000; }
  [[nodiscard]] double up_ms() const { return static_cast<double>(model->last_voiced_us - last_voiced_us) / 1000; }
  [[nodiscard]] double down_ms() const { return static_cast<double>(first_voiced_us - model->first_delta_us) / 1000; }
};
constexpr std::int64_t kFarthestUs = 250'000;  ///< from the caller to the simulator: what takes longer is another turn

/// What the simulators noted of a turn: within `farthest_us` of the caller's last voice, of that session if it is one call's, and with
/// the first audio that was sent last before the caller heard it. The calls that are up at once are told apart by both ends.
[[nodiscard]] std::optional<SimTurn> turn_of(const HeardTurn& turn, const std::vector<SimTurn>& model, std::optional<unsigned> session, std::int64_t farthest_us = kFarthestUs);

/// `origin_us`: tick 0 of the caller's media engine. Turns without a reply are left out, those of the simulator are put beside them.
[[nodiscard]] std::vector<HeardTurn> heard_turns(const caller::StepCaller& caller, std::int64_t origin_us, const std::vector<SimTurn>& model,
                                                 std::int64_t farthest_us = kFarthestUs);

}  // namespace offhook::bench
