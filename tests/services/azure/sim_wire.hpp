#pragma once

#include <offhook/agent/providers/azure/usp_frame.hpp>
#include <offhook/base/time.hpp>
#include <offhook/tests/services/azure/scenario.hpp>
#include <offhook/tests/services/openai/sim_world.hpp>
#include <offhook/tests/services/openai/voice_book.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::azure {

/// What a simulated socket wants done, in this order.
struct SimOut {
  enum class What : std::uint8_t { Text, Binary, Close, Drop };
  What what{};
  std::string bytes;  ///< Close: the reason
  int code = 0;
};
using SimOuts = std::vector<SimOut>;

/// What happened, for tests: `what` and its members, with the time by the monotonic clock.
using SimLog = std::function<void(base::TimePoint, std::string_view what, nlohmann::json members)>;

/// What all connections of a simulator share.
struct SimWorld {
  Scenario scenario;
  openai::VoiceBook voices;
  SimLog log;
  std::size_t phrases = 0, recognition_turns = 0, synthesis_turns = 0;  ///< so far

  void note(base::TimePoint now, std::string_view what, nlohmann::json members) const {
    if (log) log(now, what, std::move(members));
  }
  /// A fault takes effect: at which door, and of which kind.
  void note_fault(base::TimePoint now, std::string_view door, std::string_view kind) const { note(now, "fault", {{"door", door}, {"kind", kind}}); }
};

/// What one side sends of the Unified Speech Protocol, each at its time, in order.
class SimWire {
 public:
  /// Text messages have a JSON body. From `at` on, but never before what was queued earlier.
  void say(base::TimePoint at, std::string_view path, const std::string& request_id, const nlohmann::json& body);
  void say_audio(base::TimePoint at, const std::string& request_id, const std::string& stream_id, std::string_view octets);
  void put(base::TimePoint at, SimOut out);
  /// Frames that are no messages, and a message that is no JSON.
  void put_garbage(base::TimePoint at, const std::string& request_id);
  void close(base::TimePoint at, int code, std::string reason);
  void forget() { queue_.clear(); }

  void on_time(base::TimePoint now, SimOuts& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] bool is_closed() const { return closed_; }

 private:
  struct Timed {
    base::TimePoint at;
    SimOut out;
  };
  std::deque<Timed> queue_;
  bool closed_ = false;  // a close or a drop is queued: nothing comes after it
};

/// A client's message, as strictly as the documentation has it; the reason why it is none.
struct Received {
  agent::azure::UspMessage message;
  std::string complaint;  ///< "" when all is well
};
[[nodiscard]] Received receive_text(std::string_view frame);
[[nodiscard]] Received receive_binary(std::string_view frame);

/// A member of a member, or null: "phraseOutput", "format".
[[nodiscard]] nlohmann::json find(const nlohmann::json& object, std::initializer_list<const char*> path);
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace offhook::services::azure
