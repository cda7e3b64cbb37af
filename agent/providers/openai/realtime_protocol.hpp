#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/openai/caller_turns.hpp>
#include <offhook/agent/providers/openai/realtime_connection.hpp>
#include <offhook/agent/providers/openai/replies.hpp>
#include <offhook/agent/providers/service_use.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::openai::realtime {

inline constexpr unsigned kMaxGarbageInARow = 50;  ///< frames: such a server is left

/// What a session is told of its call. The history and the tools live as long as the core.
struct RealtimeBriefing {
  std::string instructions;
  std::string opening_instructions;  ///< instead of the above, for the greeting
  std::string language;              ///< BCP 47; "": any
  const History* history = nullptr;
  const std::vector<ToolDescription>* tools = nullptr;
};

/// One call's conversation with an OpenAI Realtime server, whatever sockets it takes: frames, commands and time in; frames and
/// events out. No I/O, no clock.
///
/// The state is that of the socket in use: Opening, AwaitingSession, Configuring, Ready (with a second one, `renewing`), BackingOff
/// between two, GivenUp. What the conversation wants meanwhile waits; a new socket is told the history as text, and is given again
/// what the caller said last. After every command and frame the owner carries out poll_transmit() and poll_event(), each until empty.
class RealtimeProtocol {
 public:
  using State = RealtimeConnection::Phase;

  RealtimeProtocol(RealtimeOptions options, RealtimeBriefing briefing);
  RealtimeProtocol(const RealtimeProtocol&) = delete;
  RealtimeProtocol& operator=(const RealtimeProtocol&) = delete;

  void start(base::TimePoint now);
  void close();

  // --- the sockets that poll_transmit() asks for
  void on_socket_open(std::uint32_t socket, base::TimePoint now);
  void on_frame(std::uint32_t socket, std::string_view text, base::TimePoint now);
  void on_socket_closed(std::uint32_t socket, const net::WebSocketClosed& closed, base::TimePoint now);

  // --- the caller
  void begin_turn(std::uint32_t turn, base::TimePoint now);
  /// In the format of the options. With the server's turn detection all that there is, else what is said in turns.
  void append(std::span<const std::uint8_t> octets);
  void end_turn(base::TimePoint now);
  void abandon_turn(base::TimePoint now);

  // --- the agent
  void respond(const TurnInput& input, base::TimePoint now);
  void on_tool(const ToolOutcome& outcome, base::TimePoint now);
  void cancel(std::uint32_t turn, base::TimePoint now);
  /// Of an item that was broken off, or never played (0): the model forgets what was not heard.
  void cut(std::uint32_t item, std::uint64_t heard_ms, base::TimePoint now);
  /// Heard of a reply that was not the model's: a fixed greeting, an apology.
  void on_own_words(std::uint32_t turn, std::string_view text, base::TimePoint now);
  /// All that will be told of what was heard of this turn's reply has been.
  void settle(std::uint32_t turn, base::TimePoint now);
  /// Asks once more for the reply that failed or does not come, on another socket where that may help; `said` is what there is to
  /// hear of it already. False when it cannot.
  [[nodiscard]] bool try_again(std::string_view said, base::TimePoint now);
  [[nodiscard]] std::vector<Retry> take_retries() { return wire_.retries.take(); }
  [[nodiscard]] std::uint32_t reply_turn() const { return replies_.turn(); }

  /// The server takes too long to notice the end of the caller's turn. False when it is not that.
  [[nodiscard]] bool force_turn(base::TimePoint now);

  void handle_timeout(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] std::optional<Transmit> poll_transmit() { return wire_.out.poll(); }
  [[nodiscard]] std::optional<RealtimeEvent> poll_event();

  [[nodiscard]] State state() const { return connection_.phase(); }
  [[nodiscard]] bool renewing() const { return connection_.renewing(); }
  [[nodiscard]] const RealtimeCounters& counters() const { return counters_; }
  /// What the model that transcribes was used for since the last call of this.
  [[nodiscard]] ServiceUse take_transcribed() { return std::exchange(transcribed_, {}); }
  /// Returns why it did not transcribe a turn with words since the last call of this; nothing when it transcribed all.
  [[nodiscard]] std::optional<Fault> take_not_transcribed() { return std::exchange(not_transcribed_, std::nullopt); }
  [[nodiscard]] bool is_consistent() const;

 private:
  using Change = RealtimeConnection::Change;
  void carry_out(Change change, std::uint32_t socket, base::TimePoint now);
  void configure(std::uint32_t socket);
  void adopt(base::TimePoint now);
  void after(base::TimePoint now);
  void on_garbage(std::uint32_t socket, base::TimePoint now);
  void on_event(std::uint32_t socket, const ServerEvent& event, base::TimePoint now);
  void on_current_event(const ServerEvent& event, base::TimePoint now);
  void on_error(std::uint32_t socket, const ErrorInfo& error, base::TimePoint now);
  [[nodiscard]] bool is_quiet() const { return !caller_.is_open() && !caller_.is_pending() && replies_.is_quiet(); }

  const RealtimeOptions options_;
  const RealtimeBriefing briefing_;
  Wire wire_;
  RealtimeEvents events_;
  RealtimeCounters counters_;
  ServiceUse transcribed_;
  std::optional<Fault> not_transcribed_;
  RealtimeConnection connection_;
  CallerTurns caller_;
  Replies replies_;
  EventParser parser_;
  std::vector<std::uint8_t> audio_;  // of the frame that is being read
  unsigned garbage_in_a_row_ = 0;
};

}  // namespace offhook::inline v0::agent::openai::realtime
