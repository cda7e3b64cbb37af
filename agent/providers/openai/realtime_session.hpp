#pragma once

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/openai/realtime_protocol.hpp>
#include <offhook/agent/providers/service_failure.hpp>
#include <offhook/agent/providers/voiced_line.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace offhook::inline v0::agent::openai::realtime {

/// A conversation with a realtime model of OpenAI, Azure, or a server with the same protocol: runs the core of
/// realtime_protocol.hpp on sockets of `client`. One call, one thread.
///
/// The model takes the caller's turn as audio: TurnTaken comes at once. If a transcription model is set, a Transcript follows for
/// the record. The model's voice comes as voiced ReplyText and as SpeechAudio at listen_rate_hz(); the positions of its words are
/// estimated (voiced_words.hpp). `own_words` speaks the fixed sentences (apologies, fixed greetings). The session deletes the part of a
/// reply that the caller did not hear from the model's memory, to the millisecond.
class RealtimeSession final : public VoiceSession {
 public:
  static constexpr std::size_t kFrameMs = 20;

  /// `client` must outlive the session. The other pointers and functions may be empty. `report_use` gets the use of the transcribing
  /// model (stage "transcription"), and `report_failure` the first turn that this model failed to transcribe.
  RealtimeSession(net::WebSocketClient& client, RealtimeOptions options, std::unique_ptr<Speaker> own_words, Wake wake, ReportUse report_use = {},
                  ReportFailure report_failure = {});
  ~RealtimeSession() override;
  RealtimeSession(const RealtimeSession&) = delete;
  RealtimeSession& operator=(const RealtimeSession&) = delete;

  void open(const SessionContext& context, base::TimePoint now) override;
  void tick(base::TimePoint now) override;

  [[nodiscard]] std::uint32_t listen_rate_hz() const override { return rate_hz(options_.format); }
  [[nodiscard]] bool hears_always() const override { return options_.turn_detection.kind != TurnDetection::Kind::Ours; }
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
  [[nodiscard]] ServiceInUse service() const override { return {{}, {options_.model, options_.voice}}; }

  [[nodiscard]] const RealtimeCounters& counters() const;

 private:
  struct Socket { std::uint32_t number = 0; std::unique_ptr<net::WebSocket> socket; };
  void send_frames(bool all);
  void open_socket(std::uint32_t number);
  void close_socket(std::uint32_t number);
  [[nodiscard]] net::WebSocket* find_socket(std::uint32_t number);
  /// Carries out the requests of the core, and takes its events.
  void pump();
  void take(RealtimeEvent event);
  void report_usage();
  void report_transcribed();
  void report_not_transcribed();
  void report_retries();
  /// Removes the events of a cancelled reply from the queue: no event may follow a cancelled reply.
  void forget_events(std::uint32_t turn);

  net::WebSocketClient& client_;
  const RealtimeOptions options_;
  Wake wake_;
  ReportUse report_use_;
  ReportFailure report_failure_;  // empty after the first failure
  base::TimePoint now_{};
  std::unique_ptr<RealtimeProtocol> core_;
  VoicedLine line_;
  std::deque<SessionEvent> out_;
  Usage told_;  // the use that was already reported
  std::vector<std::uint8_t> unsent_;  // audio of the caller that waits until it is a whole frame
  std::vector<Socket> sockets_;
  std::vector<std::unique_ptr<net::WebSocket>> closed_;  // destroyed in the next tick(), because a socket may be in a call to this object
};

}  // namespace offhook::inline v0::agent::openai::realtime
