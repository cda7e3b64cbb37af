#pragma once

#include <offhook/agent/providers/openai/realtime_events.hpp>
#include <offhook/agent/providers/openai/realtime_fault.hpp>
#include <offhook/agent/providers/transcription/transcription_protocol.hpp>
#include <offhook/agent/providers/voice_format.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::openai {

struct LiveShape {
  std::string model = "gpt-4o-mini-transcribe";
  std::string language;  ///< ISO 639-1; "" selects detection
  std::string prompt;    ///< names and words that callers are likely to say
  AudioFormat format = AudioFormat::Pcm24k;
};

/// The protocol of a Realtime session that only transcribes. A commit ends the turn and makes an item, whose text comes back.
class LiveProtocol final : public TranscriptionProtocol {
 public:
  static constexpr std::size_t kFrameMs = 60;     ///< audio in one frame
  static constexpr std::size_t kMaxCommits = 16;  ///< most turns that wait for their item; with one more, the socket is given up
  static constexpr base::Duration kRenewAfter = std::chrono::minutes(50);  ///< age at which a session is replaced; the server ends it after 60 minutes

  explicit LiveProtocol(LiveShape shape) : shape_(std::move(shape)) {}

  [[nodiscard]] TranscriptionTraits traits() const override;
  void set_language(std::string_view language) override;
  void on_connecting(LiveTranscription& live) override;
  void send_audio(LiveTranscription& live, std::string octets) override;
  void send_end(LiveTranscription& live) override;
  void leave_turn(LiveTranscription& live) override;
  void on_rest() override;
  void on_text(LiveTranscription& live, std::string_view frame) override;

 private:
  void on_error(LiveTranscription& live, const realtime::ErrorInfo& error);
  void on_committed(const LiveTranscription& live, std::string_view item_id);
  void on_transcript(LiveTranscription& live, const realtime::UserTranscript& transcript);

  LiveShape shape_;
  realtime::EventParser parser_;
  std::vector<std::uint8_t> no_audio_;
  std::deque<std::uint32_t> commits_;  // turns in the order of their commits; 0: abandoned
  std::string item_id_;                // id of the turn's item; "" until the server has committed the turn
  std::string pieces_;                 // text of the turn so far
};

}  // namespace offhook::inline v0::agent::openai
