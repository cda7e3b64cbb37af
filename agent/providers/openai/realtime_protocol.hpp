#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/openai/caller_turns.hpp>
#include <offhook/agent/providers/openai/realtime_connection.hpp>
#include <offhook/agent/providers/openai/replies.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::openai::realtime {

inline constexpr unsigned kMaxGarbageInARow = 50;  ///< consecutive invalid frames after which the socket is given up

/// The call's data for a session. The history and the tools must outlive the core.
struct RealtimeBriefing {
  std::string instructions;
  std::string opening_instructions;  ///< used in place of `instructions` for the greeting
  std::string language;              ///< BCP 47; "": any language
  const History* history = nullptr;
  const std::vector<ToolDescription>* tools = nullptr;
};

/// One call's conversation with an OpenAI Realtime server, over all its sockets. Its inputs are frames, commands and the time; its
/// outputs are frames and events. No I/O, no clock.
///
/// State describes the present socket: Opening, AwaitingSession, Configuring, Ready (with a second socket, `renewing`), BackingOff between two
/// sockets, GivenUp. Requests of the conversation wait until a socket is ready. A new socket gets the history as text, and the caller's last words as
/// audio. After each command and frame, the owner must take the results of poll_transmit() and poll_event(), until both are empty.
class RealtimeProtocol {
 public:
  using State = RealtimeConnection::Phase;

  RealtimeProtocol(RealtimeOptions options, RealtimeBriefing briefing);
  RealtimeProtocol(const RealtimeProtocol&) = delete;
  RealtimeProtocol& operator=(const RealtimeProtocol&) = delete;

  void start(base::TimePoint now);
  void close();

  // --- the sockets that poll_transmit() requests
  void on_socket_open(std::uint32_t socket, base::TimePoint now);
  void on_frame(std::uint32_t socket, std::string_view text, base::TimePoint now);
  void on_socket_closed(std::uint32_t socket, const net::WebSocketClosed& closed, base::TimePoint now);

  // --- the caller
  void begin_turn(std::uint32_t turn, base::TimePoint now);
  /// Adds audio in the format of the options. If the server detects turns, add all of the caller's audio, otherwise only the audio of turns.
  void append(std::span<const std::uint8_t> octets);
  void end_turn(base::TimePoint now);
  void abandon_turn(base::TimePoint now);

  // --- the agent
  void respond(const TurnInput& input, base::TimePoint now);
  void on_tool(const ToolOutcome& outcome, base::TimePoint now);
  void cancel(std::uint32_t turn, base::TimePoint now);
  /// Makes the model forget the part of an item that the caller did not hear. `heard_ms` is the length of the heard part; 0: the item was never played.
  void cut(std::uint32_t item, std::uint64_t heard_ms, base::TimePoint now);
  /// Tells the model that the agent said `text`, which the model did not generate, such as a fixed greeting or an apology.
  void on_own_words(std::uint32_t turn, std::string_view text, base::TimePoint now);
  /// Ends the reports about the reply to `turn`: after this, the owner must not invoke cut() for the reply.
  void settle(std::uint32_t turn, base::TimePoint now);
  /// Requests the present reply again. Call it when the reply failed, or when nothing of it came in time; in the second case, it opens another socket.
  /// `said`: the words of the reply whose audio has come. Returns false if the reply cannot be requested again.
  [[nodiscard]] bool try_again(std::string_view said, base::TimePoint now);
  [[nodiscard]] std::vector<Retry> take_retries() { return wire_.retries.take(); }
  [[nodiscard]] std::uint32_t reply_turn() const { return replies_.turn(); }

  /// Ends the caller's turn if the server has not detected the end in time. Returns false if the server has already detected it.
  [[nodiscard]] bool force_turn(base::TimePoint now);

  void handle_timeout(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] std::optional<Transmit> poll_transmit() { return wire_.out.poll(); }
  [[nodiscard]] std::optional<RealtimeEvent> poll_event();

  [[nodiscard]] State state() const { return connection_.phase(); }
  [[nodiscard]] bool renewing() const { return connection_.renewing(); }
  [[nodiscard]] const RealtimeCounters& counters() const { return counters_; }
  /// Returns the use of the transcribing model since the last invocation of this function.
  [[nodiscard]] ServiceUse take_transcribed() { return std::exchange(transcribed_, {}); }
  /// Returns the fault if the transcribing model has failed to transcribe a turn with words since the last invocation of this function; otherwise nullopt.
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
  std::vector<std::uint8_t> audio_;  // audio of the frame that is being read
  unsigned garbage_in_a_row_ = 0;
};

}  // namespace offhook::inline v0::agent::openai::realtime
