#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/deepgram/scenario.hpp>
#include <offhook/tests/services/openai/sim_world.hpp>
#include <offhook/tests/services/openai/recorded_voices.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::deepgram {

using openai::SimLog;

/// The state that all connections of a simulator share.
struct SimWorld {
  Scenario scenario;
  openai::RecordedVoices voices;
  SimLog log;
  std::size_t stretches = 0;  ///< number of stretches of voice so far
  std::size_t replies = 0;    ///< number of replies of the Voice Agent so far

  void note(base::TimePoint now, std::string_view what, nlohmann::json members) const {
    if (log) log(now, what, std::move(members));
  }
  /// Logs that a fault takes effect, with the endpoint and the kind of the fault.
  void note_fault(base::TimePoint now, std::string_view door, std::string_view kind) const { note(now, "fault", {{"door", door}, {"kind", kind}}); }
  /// Returns the words of the next stretch of voice, or "" if the scenario has none.
  [[nodiscard]] std::string next_heard();
  [[nodiscard]] SimReply next_reply();
};

/// The names and values after the '?' in the target of a request.
using Query = std::map<std::string, std::vector<std::string>>;
[[nodiscard]] Query query_of(std::string_view target);
[[nodiscard]] std::string value_in(const Query& query, const std::string& name, const std::string& usual = {});

/// The format of audio on a connection.
struct SimFormat {
  std::string encoding;  ///< "linear16", "mulaw" or "alaw"
  std::uint32_t rate_hz = 0;
  [[nodiscard]] std::size_t octets_per_sample() const { return encoding == "linear16" ? 2 : 1; }
  [[nodiscard]] std::size_t octets_per_ms() const { return rate_hz / 1000 * octets_per_sample(); }
};
/// Returns the root mean square of samples in this format.
[[nodiscard]] double loudness(const SimFormat& format, std::string_view octets);

/// One action of a simulated socket. The owner of the socket performs the actions in order.
struct SimOut {
  enum class What : std::uint8_t { Text, Binary, Close, Drop };
  What what{};
  std::string bytes;  ///< Close: the reason
  int code = 0;
};
using SimOuts = std::vector<SimOut>;

/// The outgoing messages of a socket, each with its time. It applies the fault of the socket.
class SimLine {
 public:
  /// `door` is the name of the endpoint in the scenario, for the log. `world` must outlive this object.
  SimLine(const Fault& fault, const SimWorld& world, std::string_view door) : fault_(fault), world_(world), door_(door) {}
  void push(base::TimePoint at, SimOut out);
  /// Queues a message before all messages that wait.
  void push_first(base::TimePoint at, SimOut out);
  void drop_binary();  ///< removes the audio that waits
  /// Sends the messages that are due. `octets` is the number of octets of audio on the socket so far; flush() adds the audio that it sends.
  /// Once `octets` has reached the fault's after_bytes, flush() carries out the fault before the next due message.
  void flush(base::TimePoint now, std::size_t& octets, SimOuts& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] base::TimePoint last() const { return last_; }
  [[nodiscard]] bool over() const { return over_; }

 private:
  struct Waiting { base::TimePoint at; SimOut out; };
  [[nodiscard]] base::TimePoint delayed(base::TimePoint at);
  [[nodiscard]] bool break_off(base::TimePoint now, SimOuts& out);
  Fault fault_;
  const SimWorld& world_;
  std::string door_;
  std::deque<Waiting> waiting_;
  base::TimePoint last_{};
  bool broken_ = false, delayed_ = false, over_ = false;
};

}  // namespace offhook::services::deepgram
