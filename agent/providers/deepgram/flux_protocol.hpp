#pragma once

#include <offhook/agent/providers/deepgram/flux_messages.hpp>
#include <offhook/agent/providers/transcription/transcription_protocol.hpp>
#include <offhook/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

/// The protocol of /v2/listen, whose server itself divides the audio into turns.
///
/// If Offhook ends turns: when the caller's turn is over and its last words are decoded, ForceEndTurn ends the server's turn. Turns that the server
/// ends earlier are parts of the caller's turn. If the server has just ended its turn when the caller's turn ends, no ForceEndTurn is needed.
///
/// If Flux ends turns (`ends_within`), the final Transcript comes with the server's end of a turn that has words, before or after end(). From end()
/// until the server ends its turn, the server gets silence. A begin() in this time continues the turn under its new number.
class FluxProtocol final : public TranscriptionProtocol {
 public:
  static constexpr std::size_t kFrameMs = 80;          ///< audio in one frame, as Deepgram recommends
  static constexpr std::size_t kMaxResendMs = 4'000;   ///< longest audio without an answer that a new socket gets; if there is more, the turn fails
  static constexpr std::size_t kTailMs = 320;          ///< silence after a turn; the server reports on each quarter of a second of audio
  static constexpr std::size_t kSettledMs = 500;       ///< longest audio after a turn of the server that counts as silence
  static constexpr std::size_t kNearlyAllMs = 1'000;   ///< longest audio that may lack a result when the server stops answering
  static constexpr base::Duration kKeepAlive = std::chrono::seconds(4);            ///< interval of silent frames; KeepAlive is not documented
  static constexpr base::Duration kDecodeWait = std::chrono::milliseconds(600);    ///< wait for the words at the end of the audio
  static constexpr base::Duration kAnswerWait = std::chrono::milliseconds(1'500);  ///< wait for the answer to ForceEndTurn

  /// `ends_within`: the longest silence after which Flux ends a turn. nullopt: Offhook ends turns.
  FluxProtocol(std::string whom, Sound sound, std::optional<base::Duration> ends_within = {})
      : whom_(std::move(whom)), sound_(sound), ends_within_(ends_within) {}

  [[nodiscard]] TranscriptionTraits traits() const override;
  void on_connecting(LiveTranscription& live) override;
  void send_audio(LiveTranscription& live, std::string octets) override;
  void send_end(LiveTranscription&) override {}  // force_end() follows when the last words are decoded.
  void leave_turn(LiveTranscription& live) override;
  void keep_alive(LiveTranscription& live) override;
  void close(LiveTranscription& live) override;
  void on_begin(LiveTranscription& live) override;
  [[nodiscard]] bool continue_turn() override;
  void on_tick(LiveTranscription& live) override;
  [[nodiscard]] bool on_end(LiveTranscription& live) override;
  [[nodiscard]] std::optional<base::Duration> answer_wait(const LiveTranscription& live) const override;
  [[nodiscard]] bool on_wait_over(LiveTranscription& live) override;
  [[nodiscard]] bool has_heard_it(const LiveTranscription& live) const override;
  void on_rest() override;
  void on_text(LiveTranscription& live, std::string_view frame) override;
  [[nodiscard]] bool is_consistent(const LiveTranscription& live) const override;

 private:
  void pad(LiveTranscription& live, std::size_t ms);
  void force_end(LiveTranscription& live);
  void send_force(LiveTranscription& live);
  void on_turn_info(LiveTranscription& live, const TurnInfo& info);
  void take(LiveTranscription& live, const TurnInfo& info, std::size_t place);
  [[nodiscard]] std::string_view untold(const TurnInfo& info) const;
  [[nodiscard]] bool ends_ours(const LiveTranscription& live, const TurnInfo& info) const;
  void end_there(LiveTranscription& live, const TurnInfo& info);
  void go_on(LiveTranscription& live);
  void on_error(LiveTranscription& live, const FluxError& error) const;
  [[nodiscard]] bool is_settled(const LiveTranscription& live) const;
  [[nodiscard]] bool has_heard_to_the_end(const LiveTranscription& live, std::size_t but_ms) const;

  std::string whom_;
  Sound sound_;
  std::optional<base::Duration> ends_within_;
  FluxReader reader_;
  std::size_t answers_owed_ = 0;         // number of ForceEndTurn without an answer; answers come in order
  bool forced_ = false;                  // true: ForceEndTurn was sent for this turn, and its answer is awaited
  std::size_t padded_ms_ = 0;            // silence that was sent after the caller's turn
  base::TimePoint silence_at_{};         // time of the next silent frame, if Flux ends turns
  std::size_t heard_to_ = 0;             // place up to which the server has sent results
  bool active_ = false;                  // true: the turn index_ of the server is in progress
  std::uint64_t index_ = 0, next_index_ = 0;  // `index_`: the server's latest turn; turns before `next_index_` are over or abandoned
  struct Told { std::uint64_t index = 0; std::string text; } eager_;  // text that was returned at an eager end, and the server's turn to which it belongs
};

}  // namespace offhook::inline v0::agent::deepgram
