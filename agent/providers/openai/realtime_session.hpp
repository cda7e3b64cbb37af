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

/// A conversation with a model of OpenAI's that hears and speaks (or of Azure's, or of a server that does the same): the core of
/// realtime_protocol.hpp on sockets of `client`. One call, one thread.
///
/// The caller's turn is taken as sound: TurnTaken comes at once, a Transcript later, for the record, when a transcription model is set.
/// The model's voice comes as voiced ReplyText and SpeechAudio at listen_rate_hz(); where its words lie in it is an estimate
/// (voiced_words.hpp). With words of our own (apologies, fixed greetings) `own_words` is charged. What the caller did not hear of a
/// reply is taken out of the model's memory, to the millisecond.
class RealtimeSession final : public VoiceSession {
 public:
  static constexpr std::size_t kFrameMs = 20;

  /// `client` outlives the session; `own_words`, `wake` and the others may be nothing. `tell_use` is told what the model that transcribes was
  /// used for (the stage "transcription"), and `tell_failure` the first turn that it did not write down.
  RealtimeSession(net::WebSocketClient& client, RealtimeOptions options, std::unique_ptr<Speaker> own_words, Wake wake, TellUse tell_use = {},
                  TellFailure tell_failure = {});
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
  /// Carries out what the core wants, and takes what it yields.
  void pump();
  void take(RealtimeEvent event);
  void tell_usage();
  void tell_transcribed();
  void tell_not_transcribed();
  void tell_retries();
  /// Nothing follows a cancelled reply.
  void forget_events(std::uint32_t turn);

  net::WebSocketClient& client_;
  const RealtimeOptions options_;
  Wake wake_;
  TellUse tell_use_;
  TellFailure tell_failure_;  // empty once it was told
  base::TimePoint now_{};
  std::unique_ptr<RealtimeProtocol> core_;
  VoicedLine line_;
  std::deque<SessionEvent> out_;
  Usage told_;  // of what the core has counted
  std::vector<std::uint8_t> unsent_;  // less than a frame of the caller's audio
  std::vector<Socket> sockets_;
  std::vector<std::unique_ptr<net::WebSocket>> closed_;  // destroyed in tick(): one may be calling us right now
};

}  // namespace offhook::inline v0::agent::openai::realtime
