#pragma once

#include <offhook/agent/providers/deepgram/live_results.hpp>
#include <offhook/agent/providers/transcription/transcription_protocol.hpp>
#include <offhook/base/time.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

/// The protocol of /v1/listen. Results come for windows of the audio, and the position of a window in the socket's audio shows to which
/// turn it belongs. Finalize ends the turn.
class NovaProtocol final : public TranscriptionProtocol {
 public:
  static constexpr std::size_t kFrameMs = 60;         ///< audio in one frame; Deepgram recommends 20 to 100
  static constexpr std::size_t kMaxResendMs = 4'000;  ///< longest audio without an answer that a new socket gets; if there is more, the turn fails
  static constexpr std::size_t kPrimeMs = 20;         ///< silence at the beginning of a socket; KeepAlive alone does not keep a new socket open
  static constexpr std::size_t kNearlyAllMs = 500;    ///< longest audio at the end of a turn that may never get an answer
  static constexpr std::size_t kMaxGuessMs = 1'500;   ///< longest audio after an interim text for which the text still counts as complete
  /// Interval of KeepAlive: the server closes a socket on which no frame comes for 10 s.
  static constexpr base::Duration kKeepAlive = std::chrono::seconds(4);
  static constexpr base::Duration kAnswerWait = std::chrono::seconds(2);          ///< wait for the answer to Finalize
  static constexpr base::Duration kShortAnswerWait = std::chrono::milliseconds(400);  ///< the same wait, if nearly all audio has an answer

  NovaProtocol(std::string whom, Sound sound) : whom_(std::move(whom)), sound_(sound) {}

  [[nodiscard]] TranscriptionTraits traits() const override;
  void on_connecting(LiveTranscription& live) override;
  void send_audio(LiveTranscription& live, std::string octets) override;
  void send_end(LiveTranscription& live) override;
  void leave_turn(LiveTranscription& live) override;
  void keep_alive(LiveTranscription& live) override;
  void close(LiveTranscription& live) override;
  [[nodiscard]] std::optional<base::Duration> answer_wait(const LiveTranscription& live) const override;
  [[nodiscard]] bool has_heard_it(const LiveTranscription& live) const override;
  void on_text(LiveTranscription& live, std::string_view frame) override;
  [[nodiscard]] bool is_consistent(const LiveTranscription& live) const override;

 private:
  void on_results(LiveTranscription& live, const Results& results);
  void take(LiveTranscription& live, const Results& results, std::size_t end);

  std::string whom_;
  Sound sound_;
  LiveReader reader_;
  std::size_t interim_to_ = 0;  // place on this socket at which the window of the interim text ends
};

}  // namespace offhook::inline v0::agent::deepgram
