#pragma once

#include <offhook/agent/providers/deepgram/agent_caller.hpp>
#include <offhook/agent/providers/deepgram/agent_replies.hpp>
#include <offhook/agent/providers/deepgram/agent_settings.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

/// One call's conversation with Deepgram's Voice Agent, over all its sockets. Its inputs are frames, commands and the time; its outputs
/// are frames and events. No I/O, no clock.
///
/// The server begins with Welcome, the core answers with Settings, and the socket is in use from SettingsApplied on. When a socket
/// breaks, another one replaces it, and gets the history in its Settings (for limits, see kMaxReconnects). The model cannot be made to
/// forget text that the caller did not hear, so additions to its prompt describe what the caller heard. After each command and frame,
/// the owner must take the results of poll_out() and poll_event(), until both are empty.
class AgentProtocol {
 public:
  static constexpr base::Duration kOpenWithin = std::chrono::seconds(5);       ///< limit for TCP, TLS, handshake and Welcome
  static constexpr base::Duration kConfigureWithin = std::chrono::seconds(5);  ///< limit from Settings to SettingsApplied
  static constexpr base::Duration kBackOff = std::chrono::milliseconds(250);
  static constexpr base::Duration kSettled = std::chrono::seconds(30);         ///< after this time, a socket resets the count of reconnections
  static constexpr base::Duration kKeepAliveEvery = std::chrono::seconds(5);   ///< interval of KeepAlive while no audio is sent; the server waits 8 s
  static constexpr unsigned kMaxReconnects = 1;                                ///< maximum number of consecutive reconnections
  static constexpr unsigned kMaxGarbageInARow = 50;                            ///< consecutive invalid frames after which the socket is given up
  static constexpr std::size_t kMaxNote = 1000;                                ///< longest addition to the prompt, in octets

  /// The state of the present socket. GivenUp: the core opens another socket only when one is needed.
  enum class State : std::uint8_t { Idle, AwaitingWelcome, Configuring, Ready, BackingOff, GivenUp };

  AgentProtocol(AgentSettings settings, AgentBriefing briefing);
  AgentProtocol(const AgentProtocol&) = delete;
  AgentProtocol& operator=(const AgentProtocol&) = delete;

  void start(base::TimePoint now);

  // --- the socket that poll_out() requested last
  void on_text(std::string_view frame, base::TimePoint now);
  void on_audio(std::string_view octets, base::TimePoint now);
  void on_closed(const RequestFailure& failure, base::TimePoint now);

  // --- the caller
  void begin_turn(std::uint32_t turn, base::TimePoint now);
  void append(std::span<const std::uint8_t> octets, base::TimePoint now);
  void end_turn(base::TimePoint now);
  void abandon_turn(base::TimePoint now);

  // --- the agent
  void respond(const TurnInput& input, base::TimePoint now);
  void on_tool(const ToolOutcome& outcome, base::TimePoint now);
  void cancel(std::uint32_t turn, base::TimePoint now);
  /// Reports how much of a reply the caller heard. `voiced` is true for the model's own voice, and false for fixed sentences, which
  /// the model does not know.
  void on_heard(const HeardReply& heard, bool voiced, base::TimePoint now);
  [[nodiscard]] bool try_again(Stage stage, std::string_view said, base::TimePoint now);
  [[nodiscard]] std::vector<Retry> take_retries() { return wire_.retries.take(); }
  [[nodiscard]] std::uint32_t reply_turn() const { return replies_.turn(); }

  void handle_timeout(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] std::optional<SocketOut> poll_out();
  [[nodiscard]] std::optional<AgentCoreEvent> poll_event();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] AgentCounters counters(base::TimePoint now) const;
  [[nodiscard]] bool is_consistent() const;

 private:
  void connect(base::TimePoint now);
  void lose(const RequestFailure& failure, base::TimePoint now);
  void give_up();
  /// Connects again if the last socket was given up. Call it when a turn or a reply needs a socket.
  void want(base::TimePoint now);
  void on_message(const AgentMessage& message, base::TimePoint now);
  void on_ready_message(const AgentMessage& message, base::TimePoint now);
  void on_applied(base::TimePoint now);
  void on_error(const std::string& code, base::TimePoint now);
  void on_user_text(std::string_view text, base::TimePoint now);
  void note(std::string text);
  void after(base::TimePoint now);

  const AgentSettings settings_;
  const AgentBriefing briefing_;
  AgentWire wire_;
  AgentCoreEvents events_;
  AgentCounters counters_;
  AgentCaller caller_;
  AgentReplies replies_;
  AgentMessageReader reader_;
  State state_ = State::Idle;
  unsigned attempts_ = 0, garbage_in_a_row_ = 0;
  bool fatal_ = false;
  RequestFailure lost_{FailureKind::Network, "", std::nullopt};
  base::TimePoint ready_at_{};
  std::optional<base::TimePoint> deadline_, reopen_at_, keep_alive_at_;
  std::uint32_t heard_out_ = 0;    // turn whose reply the caller hears now; 0: none
  std::uint32_t taken_turn_ = 0;   // turn whose words wait for respond()
  std::string taken_words_;
  std::size_t prompt_octets_ = 0;  // size of the prompt on this socket
};

}  // namespace offhook::inline v0::agent::deepgram
