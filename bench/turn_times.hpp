#pragma once

#include <offhook/tests/caller/step_caller.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace offhook::bench {

/// Something that the simulator began to answer, by the monotonic clock.
struct SimTurn {
  unsigned session = 0;
  std::int64_t last_voiced_us = 0, first_delta_us = 0;
};
[[nodiscard]] std::vector<SimTurn> sim_turns(const std::vector<nlohmann::json>& log);

/// A turn as its caller recorded it, by the same clock.
struct HeardTurn {
  std::int64_t last_voiced_us = 0;   ///< when the packet with the caller's last voiced sample left
  std::int64_t first_voiced_us = 0;  ///< when the reply's first voiced sample was played to the caller
  double recorded_ms = 0;            ///< between the two samples, as they lie in the recording
  std::optional<SimTurn> model{};    ///< what the simulator noted of it
  [[nodiscard]] double whole_ms() const { return static_cast<double>(first_voiced_us - last_voiced_us) / 1000; }
  [[nodiscard]] double model_ms() const { return static_cast<double>(model->first_delta_us - model->last_voiced_us) / 1000; }
  [[nodiscard]] double up_ms() const { return static_cast<double>(model->last_voiced_us - last_voiced_us) / 1000; }
  [[nodiscard]] double down_ms() const { return static_cast<double>(first_voiced_us - model->first_delta_us) / 1000; }
};
/// `origin_us`: tick 0 of the caller's media engine. Turns without a reply are left out, those of the simulator are put beside them.
[[nodiscard]] std::vector<HeardTurn> heard_turns(const caller::StepCaller& caller, std::int64_t origin_us, const std::vector<SimTurn>& model);

}  // namespace offhook::bench
