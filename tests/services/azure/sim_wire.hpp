#pragma once

#include <offhook/agent/providers/azure/usp_frame.hpp>
#include <offhook/base/time.hpp>
#include <offhook/tests/services/azure/scenario.hpp>
#include <offhook/tests/services/openai/sim_world.hpp>
#include <offhook/tests/services/openai/recorded_voices.hpp>

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

/// One action of a simulated socket. The owner of the socket performs the actions in order.
struct SimOut {
  enum class What : std::uint8_t { Text, Binary, Close, Drop };
  What what{};
  std::string bytes;  ///< Close: the reason
  int code = 0;
};
using SimOuts = std::vector<SimOut>;

/// Logs an event for tests: its time by the monotonic clock, its name `what`, and its members.
using SimLog = std::function<void(base::TimePoint, std::string_view what, nlohmann::json members)>;

/// The state that all connections of a simulator share.
struct SimWorld {
  Scenario scenario;
  openai::RecordedVoices voices;
  SimLog log;
  std::size_t phrases = 0, recognition_turns = 0, synthesis_turns = 0;  ///< numbers of phrases and turns so far

  void note(base::TimePoint now, std::string_view what, nlohmann::json members) const {
    if (log) log(now, what, std::move(members));
  }
  /// Logs that a fault takes effect, with the endpoint and the kind of the fault.
  void note_fault(base::TimePoint now, std::string_view door, std::string_view kind) const { note(now, "fault", {{"door", door}, {"kind", kind}}); }
};

/// The outgoing messages of one socket of the Unified Speech Protocol in order, each with its time.
class SimWire {
 public:
  /// Queues a text message with a JSON body. It is sent at `at` or later, and never before an earlier message.
  void say(base::TimePoint at, std::string_view path, const std::string& request_id, const nlohmann::json& body);
  void say_audio(base::TimePoint at, const std::string& request_id, const std::string& stream_id, std::string_view octets);
  void put(base::TimePoint at, SimOut out);
  /// Queues frames that are not messages, and a message that is not JSON.
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
  bool closed_ = false;  // true when a close or a drop is queued; nothing follows after it
};

/// A client's message, checked strictly against the documentation, or the reason why it is invalid.
struct Received {
  agent::azure::UspMessage message;
  std::string complaint;  ///< "" when the message is valid
};
[[nodiscard]] Received receive_text(std::string_view frame);
[[nodiscard]] Received receive_binary(std::string_view frame);

/// Returns the member of `object` at `path`, such as {"phraseOutput", "format"}, or null if it is missing.
[[nodiscard]] nlohmann::json find(const nlohmann::json& object, std::initializer_list<const char*> path);
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace offhook::services::azure
