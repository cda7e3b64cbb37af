#pragma once

#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/deepgram/agent_protocol.hpp>
#include <offhook/agent/providers/voiced_line.hpp>

#include <deque>
#include <memory>
#include <optional>

namespace offhook::inline v0::agent::deepgram {

/// A conversation with Deepgram's Voice Agent: runs the core of agent_protocol.hpp on sockets of `sockets`. One call, one thread.
///
/// TurnTaken and the Transcript of a turn come together, when the server sends the words. The server's voice comes as voiced
/// ReplyText and as SpeechAudio at listen_rate_hz(); the positions of its words are estimated (voiced_words.hpp). `own_words`
/// speaks the fixed sentences (apologies, fixed greetings), preferably in the same voice.
class AgentSession final : public VoiceSession {
 public:
  /// `sockets` must outlive the session. `own_words`, `wake` and `report_use` may be empty. The destructor reports to `report_use` how
  /// long the Voice Agent was connected.
  AgentSession(net::WebSocketClient& sockets, AgentSettings settings, std::unique_ptr<Speaker> own_words, Wake wake, ReportUse report_use = {});
  ~AgentSession() override;
  AgentSession(const AgentSession&) = delete;
  AgentSession& operator=(const AgentSession&) = delete;

  void open(const SessionContext& context, base::TimePoint now) override;
  void tick(base::TimePoint now) override;

  [[nodiscard]] std::uint32_t listen_rate_hz() const override { return rate_hz(settings_.format); }
  void begin_turn(std::uint32_t turn, std::string_view expect) override;
  void feed(std::span<const std::int16_t> pcm) override;
  void end_turn() override;
  void abandon_turn() override;

  void respond(const TurnInput& input) override;
  void on_tool(const ToolOutcome& outcome) override;
  void cancel(std::uint32_t turn) override;
  void on_heard(const HeardReply& heard) override;

  void speak(std::uint32_t utterance, std::string_view text) override;
  void prepare_speech(std::string_view text) override { line_.prepare(text); }
  void cancel_speech() override;

  [[nodiscard]] bool try_again(Stage stage, std::string_view why) override;
  [[nodiscard]] std::optional<SessionEvent> poll() override;
  [[nodiscard]] ServiceInUse service() const override;

  [[nodiscard]] AgentCounters counters() const { return core_ ? core_->counters(now_) : AgentCounters{}; }

 private:
  void connect();
  /// Carries out the requests of the core, and takes its events.
  void pump();
  void told();
  void take(AgentCoreEvent event);

  net::WebSocketClient& sockets_;
  const AgentSettings settings_;
  Wake wake_;
  ReportUse report_use_;
  base::TimePoint now_{};
  std::unique_ptr<AgentProtocol> core_;
  VoicedLine line_;
  std::uint32_t voiced_turn_ = 0;  // turn of the last reply with audio in the model's voice
  std::deque<SessionEvent> out_;
  std::unique_ptr<net::WebSocket> socket_;
};

}  // namespace offhook::inline v0::agent::deepgram
