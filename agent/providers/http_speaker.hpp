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

/// Who is asked for speech by HTTP, and how.
struct SpeechService {
  std::string whom;  ///< for people: "the voice NAME"
  ModelAndVoice asked;  ///< its names
  std::string url;   ///< connected with ahead
  /// `language`: of the call, BCP 47, "" when it is not known.
  std::function<net::HttpRequest(std::string_view text, const std::string& language)> ask;
  std::uint32_t rate_hz = 24000;  ///< of the PCM that comes
  std::size_t max_chars = 4096;   ///< of one utterance: the service takes no more
};

/// Speaks by HTTP: played from the first octets on, and the next utterance is asked for while one is still coming. A request that
/// fails before its first sample is repeated once, when that may help within a second.
class HttpSpeaker : public Speaker {
 public:
  static constexpr std::size_t kMaxBody = 16U << 20U;  ///< octets of one: five minutes and more
  static constexpr std::size_t kAhead = 2;             ///< requests at once

  /// `http` outlives this.
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
  std::deque<std::unique_ptr<Job>> jobs_;  // in the order of speak(); the front one is being heard
  Retries retries_;
};

}  // namespace offhook::inline v0::agent
