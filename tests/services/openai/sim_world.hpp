#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/openai/scenario.hpp>
#include <offhook/tests/services/openai/recorded_voices.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::services::openai {

/// One action of a simulated endpoint. The owner of the endpoint performs the actions in order.
struct SimOut {
  enum class What : std::uint8_t { Text, Close, Drop };
  What what{};
  std::string text;  ///< Close: the reason
  int code = 0;
};
using SimOuts = std::vector<SimOut>;

/// Logs an event: its time by the monotonic clock, its name `what`, and its members. With these times, a test can subtract the simulator's own time.
using SimLog = std::function<void(base::TimePoint, std::string_view what, nlohmann::json members)>;

/// The state that all connections of a simulator share.
struct SimWorld {
  Scenario scenario;
  RecordedVoices voices;
  SimLog log;

  void note(base::TimePoint now, std::string_view what, nlohmann::json members) const {
    if (log) log(now, what, std::move(members));
  }
  /// Logs that a fault takes effect, with the endpoint and the kind of the fault.
  void note_fault(base::TimePoint now, std::string_view door, std::string_view kind) const { note(now, "fault", {{"door", door}, {"kind", kind}}); }
};

[[nodiscard]] inline std::int64_t microseconds(base::TimePoint when) {
  return std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count();
}

}  // namespace offhook::services::openai
