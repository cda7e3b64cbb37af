#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/request_retry.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent {

/// The whole text that was recognised so far. If `final` is true, no more text follows.
struct HeardText { std::string text; bool final = false; double confidence = 1; };
struct HearingFailed { FailureKind kind{}; std::string why; };
using HeardEvent = std::variant<HeardText, HearingFailed>;

/// Reads the body of an answer to a whole turn (status 2xx). Exactly one final HeardText or one HearingFailed ends it. Pure.
class TurnAnswer {
 public:
  virtual ~TurnAnswer() = default;
  virtual void on_bytes(std::string_view bytes, std::vector<HeardEvent>& out) = 0;
  virtual void on_end(std::vector<HeardEvent>& out) = 0;
  /// Returns the use that the service itself reports for the turn, after the final HeardText; nullopt if it reports none.
  [[nodiscard]] virtual std::optional<ServiceUse> use() const { return std::nullopt; }
};

/// Describes a service that transcribes a whole turn over HTTP.
struct TurnService {
  std::string whom;   ///< the service's name in sentences: "the recogniser NAME"
  std::string model;  ///< name of the service's model; "" if there is no choice
  std::string url;   ///< address to which the listener connects in advance (http.warm())
  /// Makes the request for a turn. `wav` is the turn at TurnListener::kRateHz. `language` is the language of the call (BCP 47); "" if it is not known.
  std::function<net::HttpRequest(std::string wav, const std::string& language)> ask;
  std::function<std::unique_ptr<TurnAnswer>()> answer;
  static constexpr std::size_t kMaxSamples = std::size_t{120} * 16000;
  std::size_t max_samples = kMaxSamples;  ///< longest turn that the service accepts; later samples are dropped and counted
  ReportUse report_use{};
};

/// Listens over HTTP: collects the turn in memory, and posts it as a WAV when the turn ends. Repeats a failed request once, if a retry
/// within a second may help.
class TurnListener : public Listener {
 public:
  static constexpr std::uint32_t kRateHz = 16000;
  static constexpr std::size_t kMaxSamples = TurnService::kMaxSamples;
  static constexpr std::size_t kMinSamples = kRateHz / 10U;    ///< a shorter turn counts as silence, because services refuse it

  /// `http` must outlive this object.
  TurnListener(TurnService service, net::HttpClient& http, Wake wake);
  ~TurnListener() override;

  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return kRateHz; }
  void begin(std::uint32_t turn, std::string_view expect) override;
  void feed(std::span<const std::int16_t> pcm) override;
  void end() override;
  void abandon() override;
  [[nodiscard]] std::optional<ListenEvent> poll() override;
  [[nodiscard]] ModelAndVoice asked() const override { return {service_.model, {}}; }
  [[nodiscard]] std::vector<Retry> take_retries() override { return retries_.take(); }

  /// Returns the number of samples that were dropped because the turn was too long.
  [[nodiscard]] std::uint64_t unheard() const { return unheard_; }

 private:
  struct Exchange;
  void ask();
  void on_end(std::optional<net::NetError> error);
  void take(const std::vector<HeardEvent>& events);
  void report_use() const;
  void fail(RequestFailure failure);
  void push(ListenEvent event);

  TurnService service_;
  net::HttpClient& http_;
  Wake wake_;
  std::string language_;
  std::uint32_t turn_ = 0;
  bool hearing_ = false;                     // true between begin() and end()
  std::vector<std::int16_t> pcm_;
  std::uint64_t unheard_ = 0;
  std::unique_ptr<Exchange> exchange_;
  RequestRetry retry_;
  std::deque<ListenEvent> events_;
  Retries retries_;
};

}  // namespace offhook::inline v0::agent
