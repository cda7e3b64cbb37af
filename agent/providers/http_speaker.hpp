#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Describes a speech service that is used over HTTP.
struct SpeechService {
  std::string whom;  ///< the service's name in sentences: "the voice NAME"
  ModelAndVoice asked;  ///< its model and voice
  std::string url;   ///< address to which the speaker connects in advance (http.warm())
  /// Makes the request for a text. `language` is the language of the call (BCP 47); "" if it is not known.
  std::function<net::HttpRequest(std::string_view text, const std::string& language)> ask;
  std::uint32_t rate_hz = 24000;  ///< sample rate of the PCM in the response
  std::size_t max_chars = 4096;   ///< longest utterance that the service accepts, in characters
};

/// Speaks over HTTP. Returns audio as soon as it arrives, and requests the next utterance while the audio of the present one still
/// arrives. Repeats a request once if it fails before its first sample, and if a retry within a second may help.
class HttpSpeaker : public Speaker {
 public:
  static constexpr std::size_t kMaxBody = 16U << 20U;  ///< longest response body, in octets: more than five minutes of audio
  static constexpr std::size_t kAhead = 2;             ///< maximum number of requests at the same time

  /// `http` must outlive this object.
  HttpSpeaker(SpeechService service, net::HttpClient& http, Wake wake);
  ~HttpSpeaker() override;

  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return service_.rate_hz; }
  void speak(std::uint32_t utterance, std::string_view text) override;
  void cancel() override;
  [[nodiscard]] std::optional<SpeakEvent> poll() override;
  [[nodiscard]] ModelAndVoice asked() const override { return service_.asked; }
  [[nodiscard]] std::vector<Retry> take_retries() override { return retries_.take(); }

 private:
  struct Job;
  void pump();
  void ask(Job& job);
  void on_body(Job& job, std::string_view bytes);
  void on_end(Job& job, std::optional<net::NetError> error);
  void fail(Job& job, RequestFailure failure);

  SpeechService service_;
  std::string language_;
  net::HttpClient& http_;
  Wake wake_;
  std::deque<std::unique_ptr<Job>> jobs_;  // in the order of speak(); the caller hears the front one
  Retries retries_;
};

}  // namespace offhook::inline v0::agent
