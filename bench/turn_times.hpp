#pragma once

#include <offhook/tests/caller/step_caller.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace offhook::bench {

/// One answer of a simulator, or of several simulators in sequence. All times are of the monotonic clock.
struct SimTurn {
  std::optional<unsigned> session;  ///< set if one socket served the whole call
  std::int64_t last_voiced_us = 0, first_delta_us = 0;
  std::int64_t own_us = 0;  ///< Offhook's part of the time between last_voiced_us and first_delta_us
};
[[nodiscard]] std::vector<SimTurn> sim_turns(const std::vector<nlohmann::json>& log);

/// One turn, as its caller's recording shows it. Times are of the same clock.
struct HeardTurn {
  std::int64_t last_voiced_us = 0;   ///< time at which the packet with the caller's last voiced sample was sent
  std::int64_t first_voiced_us = 0;  ///< time at which the caller heard the first voiced sample of the reply
  double recorded_ms = 0;            ///< time between these two samples in the recording
  std::optional<SimTurn> model{};    ///< the simulator's record of this turn, if one was found
  [[nodiscard]] double whole_ms() const { return static_cast<double>(first_voiced_us - last_voiced_us) / 1000; }
  [[nodiscard]] double model_ms() const { return static_cast<double>(model->first_delta_us - model->last_voiced_us - model->own_us) / 1000; }
  [[nodiscard]] double between_ms() const { return static_cast<double>(model->own_us) / 1000; }
  [[nodiscard]] double up_ms() const { return static_cast<double>(model->last_voiced_us - last_voiced_us) / 1000; }
  [[nodiscard]] double down_ms() const { return static_cast<double>(first_voiced_us - model->first_delta_us) / 1000; }
};
constexpr std::int64_t kFarthestUs = 250'000;  ///< longest time from the caller to the simulator; after it, a record belongs to another turn

/// Returns the simulator's record of a turn. It starts within `farthest_us` after the caller's last voice, and belongs to `session` if that
/// is set. Of several such records, it is the one whose first audio was sent last before the caller heard the reply. These two conditions
/// together separate calls that are up at the same time.
[[nodiscard]] std::optional<SimTurn> turn_of(const HeardTurn& turn, const std::vector<SimTurn>& model, std::optional<unsigned> session, std::int64_t farthest_us = kFarthestUs);

/// Returns the turns of a caller's recording, each with the simulator's record. `origin_us` is the time of tick 0 of the callers' media
/// engine. Leaves out turns without a reply.
[[nodiscard]] std::vector<HeardTurn> heard_turns(const caller::StepCaller& caller, std::int64_t origin_us, const std::vector<SimTurn>& model,
                                                 std::int64_t farthest_us = kFarthestUs);

}  // namespace offhook::bench
