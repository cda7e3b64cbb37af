#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/openai/scenario.hpp>
#include <offhook/tests/services/openai/voice_book.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::services::openai {

/// What a simulated endpoint wants done with its connection, in this order.
struct SimOut {
  enum class What : std::uint8_t { Text, Close, Drop };
  What what{};
  std::string text;  ///< Close: the reason
  int code = 0;
};
using SimOuts = std::vector<SimOut>;

/// What happened, for tests that take the simulator's own time off: `what` and its members, with the time by the monotonic clock.
using SimLog = std::function<void(base::TimePoint, std::string_view what, nlohmann::json members)>;

/// What all connections of a simulator share.
struct SimWorld {
  Scenario scenario;
  VoiceBook voices;
  SimLog log;

  void note(base::TimePoint now, std::string_view what, nlohmann::json members) const {
    if (log) log(now, what, std::move(members));
  }
  /// A fault takes effect: at which door, and of which kind.
  void note_fault(base::TimePoint now, std::string_view door, std::string_view kind) const { note(now, "fault", {{"door", door}, {"kind", kind}}); }
};

[[nodiscard]] inline std::int64_t microseconds(base::TimePoint when) {
  return std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count();
}

}  // namespace offhook::services::openai
