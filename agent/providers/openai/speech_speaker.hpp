#pragma once

#include <offhook/agent/providers/http_speaker.hpp>
#include <offhook/agent/providers/openai/server.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai {

struct SpeechOptions {
  Server server;
  std::string model = "gpt-4o-mini-tts";
  std::string voice = "alloy";
  std::string instructions;              ///< style of the speech; "" leaves the model's default. tts-1 does not support it
  std::optional<double> speed;           ///< 0.25 to 4
  std::uint32_t rate_hz = 24000;         ///< sample rate of the PCM in the response: 8000, 16000 or 24000
};

[[nodiscard]] std::string write_speech_request(const SpeechOptions& options, std::string_view text);

/// Speaks by /audio/speech.
class SpeechSpeaker final : public HttpSpeaker {
 public:
  static constexpr std::size_t kMaxChars = 4096;  ///< longest utterance that the service accepts

  /// `http` must outlive this object.
  SpeechSpeaker(SpeechOptions options, net::HttpClient& http, Wake wake);
};

}  // namespace offhook::inline v0::agent::openai
