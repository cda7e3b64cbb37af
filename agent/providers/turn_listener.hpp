#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/service_use.hpp>
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

/// All that was understood so far; `final`: there is no more.
struct HeardText { std::string text; bool final = false; double confidence = 1; };
struct HearingFailed { FailureKind kind{}; std::string why; };
using HeardEvent = std::variant<HeardText, HearingFailed>;

/// The body of an answer to a whole turn (status 2xx). Exactly one final HeardText or one HearingFailed ends it. Pure.
class TurnAnswer {
 public:
  virtual ~TurnAnswer() = default;
  virtual void on_bytes(std::string_view bytes, std::vector<HeardEvent>& out) = 0;
  virtual void on_end(std::vector<HeardEvent>& out) = 0;
  /// What the service charges for the turn, as it says itself, behind the final HeardText; nothing: it does not say.
  [[nodiscard]] virtual std::optional<ServiceUse> use() const { return std::nullopt; }
};

/// Who is asked by HTTP what was said in a turn, and how.
struct TurnService {
  std::string whom;   ///< for people: "the recogniser NAME"
  std::string model;  ///< its name; "": there is none to choose
  std::string url;   ///< connected with ahead
  /// `wav`: the turn at TurnListener::kRateHz; `language`: of the call, BCP 47, "" when it is not known.
  std::function<net::HttpRequest(std::string wav, const std::string& language)> ask;
  std::function<std::unique_ptr<TurnAnswer>()> answer;
  static constexpr std::size_t kMaxSamples = std::size_t{120} * 16000;
  std::size_t max_samples = kMaxSamples;  ///< of a turn, if the service takes less; what comes after is not heard, and counted
  TellUse tell_use{};
};

/// Listens by HTTP: the turn is gathered as a WAV in memory and posted when it is over. A request that fails is repeated once, when that
/// may help within a second.
class TurnListener : public Listener {
 public:
  static constexpr std::uint32_t kRateHz = 16000;
  static constexpr std::size_t kMaxSamples = TurnService::kMaxSamples;
  static constexpr std::size_t kMinSamples = kRateHz / 10U;    ///< less is refused by services: it is silence to us

  /// `http` outlives this.
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

  /// Samples beyond what the service takes.
  [[nodiscard]] std::uint64_t unheard() const { return unheard_; }

 private:
  struct Exchange;
  void ask();
  void on_end(std::optional<net::NetError> error);
  void take(const std::vector<HeardEvent>& events);
  void tell_use() const;
  void fail(RequestFailure failure);
  void push(ListenEvent event);

  TurnService service_;
  net::HttpClient& http_;
  Wake wake_;
  std::string language_;
  std::uint32_t turn_ = 0;
  bool hearing_ = false;                     // between begin() and end()
  std::vector<std::int16_t> pcm_;
  std::uint64_t unheard_ = 0;
  std::unique_ptr<Exchange> exchange_;
  bool retried_ = false;
  std::optional<base::Duration> retry_in_;   // until tick() says when that is
  std::optional<base::TimePoint> retry_at_;
  std::deque<ListenEvent> events_;
  Retries retries_;
};

}  // namespace offhook::inline v0::agent
