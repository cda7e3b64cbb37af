#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/openai/server.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai {

struct SpeechOptions {
  Server server;
  std::string model = "gpt-4o-mini-tts";
  std::string voice = "alloy";
  std::string instructions;              ///< how to say it; "": as the model does. Not for tts-1
  std::optional<double> speed;           ///< 0.25 to 4
  std::uint32_t rate_hz = 24000;         ///< of the PCM that comes: 8000, 16000 or 24000
};

[[nodiscard]] std::string write_speech_request(const SpeechOptions& options, std::string_view text);

/// Speaks by /audio/speech: played from the first octets on, and the next utterance is asked for while one is still coming. A
/// request that fails before its first sample is repeated once, when that may help within a second.
class SpeechSpeaker final : public Speaker {
 public:
  static constexpr std::size_t kMaxChars = 4096;        ///< of one utterance: the service takes no more
  static constexpr std::size_t kMaxBody = 16U << 20U;   ///< octets of one: five minutes and more
  static constexpr std::size_t kAhead = 2;              ///< requests at once

  /// `http` outlives this.
  SpeechSpeaker(SpeechOptions options, net::HttpClient& http, Wake wake);
  ~SpeechSpeaker() override;

  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return options_.rate_hz; }
  void speak(std::uint32_t utterance, std::string_view text) override;
  void cancel() override;
  [[nodiscard]] std::optional<SpeakEvent> poll() override;

 private:
  struct Job;
  [[nodiscard]] static std::optional<SpeechAudio> take_audio(Job& job);
  void pump();
  void ask(Job& job);
  void on_body(Job& job, std::string_view bytes);
  void on_end(Job& job, std::optional<net::NetError> error);
  void fail(Job& job, RequestFailure failure);

  SpeechOptions options_;
  net::HttpClient& http_;
  Wake wake_;
  std::string whom_;
  std::deque<std::unique_ptr<Job>> jobs_;  // in the order of speak(); the front one is being heard
};

}  // namespace offhook::inline v0::agent::openai
