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

/// One call's conversation with Deepgram's Voice Agent, whatever sockets it takes: frames, commands and time in; frames and events out.
/// No I/O, no clock.
///
/// A socket greets (Welcome), is told its Settings, and is used from SettingsApplied on. One that breaks is replaced once; the next is
/// told the history in its Settings. What the model said in front of nobody it cannot be made to forget: it is told what was heard
/// by additions to its prompt. After every command and frame the owner carries out poll_out() and poll_event(), each until empty.
class AgentProtocol {
 public:
  static constexpr base::Duration kOpenWithin = std::chrono::seconds(5);       ///< TCP, TLS, handshake and Welcome
  static constexpr base::Duration kConfigureWithin = std::chrono::seconds(5);  ///< Settings to SettingsApplied
  static constexpr base::Duration kBackOff = std::chrono::milliseconds(250);
  static constexpr base::Duration kSettled = std::chrono::seconds(30);         ///< a socket that lived so long was a good one
  static constexpr base::Duration kKeepAliveEvery = std::chrono::seconds(5);   ///< without audio; the server waits 8
  static constexpr unsigned kMaxReconnects = 1;                                ///< in a row
  static constexpr unsigned kMaxGarbageInARow = 50;                            ///< frames: such a server is left
  static constexpr std::size_t kMaxNote = 1000;                                ///< octets of what is added to the prompt at a time

  /// Of the socket in use. GivenUp: nothing more happens unless somebody wants it.
  enum class State : std::uint8_t { Idle, AwaitingWelcome, Configuring, Ready, BackingOff, GivenUp };

  AgentProtocol(AgentSettings settings, AgentBriefing briefing);
  AgentProtocol(const AgentProtocol&) = delete;
  AgentProtocol& operator=(const AgentProtocol&) = delete;

  void start(base::TimePoint now);

  // --- the socket that poll_out() asked for last
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
  /// What the caller really heard. `voiced`: in the model's voice, else in words of our own, of which it knows nothing.
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
  /// Somebody needs a session: one more try when none was left.
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
  std::uint32_t heard_out_ = 0;    // the reply to this turn is being heard
  std::uint32_t taken_turn_ = 0;   // whose words wait for respond()
  std::string taken_words_;
  std::size_t prompt_octets_ = 0;  // of this socket
};

}  // namespace offhook::inline v0::agent::deepgram
