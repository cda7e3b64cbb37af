#pragma once

#include <offhook/agent/providers/azure/recognition_messages.hpp>
#include <offhook/agent/providers/azure/usp_frame.hpp>
#include <offhook/agent/providers/transcription/transcription_protocol.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::azure {

/// Azure's speech recognition over the Unified Speech Protocol. At the end of the caller's turn, this class sends the end of the audio at
/// once, so that the last phrase comes without the service's own wait for silence. Each turn of the caller is one turn of the service, or
/// several if the service ends a turn early. Positions in the audio begin at 0 in each turn of the service.
class RecognitionProtocol final : public TranscriptionProtocol {
 public:
  static constexpr std::size_t kPieceMs = 100;         ///< audio in one message
  static constexpr std::size_t kMaxResendMs = 30'000;  ///< longest audio without a phrase that is sent again; of longer audio, only the end is sent again
  static constexpr std::size_t kMaxBehindMs = 6'000;   ///< most unsent audio at the end of a turn; if there is more, the turn fails
  static constexpr std::size_t kFreeMs = 5'000;        ///< beginning of a service turn that is sent at once; later audio follows at most at twice real time
  static constexpr std::size_t kMaxSilentMs = 1'500;   ///< longest part at the end of a turn that may lack text: it counts as silence, not as missed speech
  static constexpr unsigned kMaxReconnects = 2;        ///< reconnections in one turn of the caller
  static constexpr unsigned kMaxServiceTurns = 16;     ///< most turns of the service in one turn of the caller; after them, the caller's turn fails
  static constexpr base::Duration kReopenAfter = std::chrono::milliseconds(500);  ///< wait before the second reconnection
  static constexpr base::Duration kSettleWithin = std::chrono::seconds(1);        ///< longest wait for the end of an abandoned turn

  /// Returns the time of day as usp_timestamp() writes it. The protocol carries it; no decision depends on it.
  using Timestamp = std::function<std::string()>;

  /// `final_within`: longest wait for the final text. After this time, the last hypothesis is the final text.
  RecognitionProtocol(RecognitionShape shape, base::Duration final_within, std::unique_ptr<base::Random> random, Timestamp timestamp);

  [[nodiscard]] TranscriptionTraits traits() const override;
  void set_language(std::string_view language) override;
  void on_connecting(LiveTranscription& live) override;
  [[nodiscard]] bool prepare_audio(LiveTranscription& live) override;
  void send_audio(LiveTranscription& live, std::string octets) override;
  void send_end(LiveTranscription& live) override;
  void leave_turn(LiveTranscription& live) override;
  void on_begin(LiveTranscription& live) override;
  void on_tick(LiveTranscription& live) override;
  [[nodiscard]] std::optional<base::Duration> answer_wait(const LiveTranscription&) const override { return final_within_; }
  [[nodiscard]] bool on_wait_over(LiveTranscription& live) override;
  void on_text(LiveTranscription& live, std::string_view frame) override { on_message(live, parse_usp_text(frame)); }
  void on_binary(LiveTranscription& live, std::string_view frame) override { on_message(live, parse_usp_binary(frame)); }

 private:
  struct ServiceTurn {
    std::string id;
    bool wanted = true;           // false: the turn is abandoned, and only its end is expected
    bool ended = false;           // the end of the audio was sent
  };

  [[nodiscard]] bool start_service_turn(LiveTranscription& live);
  void on_message(LiveTranscription& live, const base::Result<UspMessage, UspError>& message);
  void on_hypothesis(LiveTranscription& live, std::string_view body);
  void on_phrase(LiveTranscription& live, std::string_view body);
  void note_language(LiveTranscription& live, const Recognised& heard) const;
  void on_turn_end(LiveTranscription& live);
  [[nodiscard]] bool has_heard_nearly_all(const LiveTranscription& live) const;
  void send_audio_message(LiveTranscription& live, std::string content_type, std::string body);
  void leave_service_turn(const LiveTranscription& live);

  RecognitionShape shape_;
  base::Duration final_within_;
  std::unique_ptr<base::Random> random_;
  Timestamp timestamp_;
  RecognitionReader reader_;
  std::optional<ServiceTurn> service_;
  std::optional<base::TimePoint> settle_by_;
  unsigned service_turns_ = 0;        // turns of the service in the caller's present turn
  bool asked_again_ = false;          // true: audio of this turn was sent again, because the service had ended its turn too early
  std::size_t hypothesis_to_ = 0;     // place at which the interim text ends
  double confidence_ = 1;             // the lowest confidence of the present turn's phrases
};

}  // namespace offhook::inline v0::agent::azure
