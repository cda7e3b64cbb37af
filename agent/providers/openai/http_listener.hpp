#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/openai/server.hpp>
#include <offhook/agent/providers/openai/transcription_answer.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::openai {

struct TranscriptionOptions {
  Server server;
  std::string model = "gpt-4o-mini-transcribe";
  std::string language;        ///< ISO 639-1; "": that of the call, or found out
  std::string prompt;          ///< names and words that are likely to be said
  bool stream = true;          ///< pieces as they are understood; whisper-1 takes no notice of it
};

/// The language of a call as the service wants it: "pt" of "pt-BR".
[[nodiscard]] std::string iso_language(std::string_view bcp47);

/// Listens by /audio/transcriptions: the turn is gathered as a WAV in memory and posted when it is over. A request that fails is
/// repeated once, when that may help within a second.
class HttpListener final : public Listener {
 public:
  static constexpr std::uint32_t kRateHz = 16000;
  static constexpr std::size_t kMaxSamples = kRateHz * 120U;   ///< of a turn; what comes after them is not heard, and counted
  static constexpr std::size_t kMinSamples = kRateHz / 10U;    ///< less is refused by the service: it is silence to us

  /// `http` outlives this.
  HttpListener(TranscriptionOptions options, net::HttpClient& http, Wake wake);
  ~HttpListener() override;

  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return kRateHz; }
  void begin(std::uint32_t turn, std::string_view expect) override;
  void feed(std::span<const std::int16_t> pcm) override;
  void end() override;
  void abandon() override;
  [[nodiscard]] std::optional<ListenEvent> poll() override;

  /// Samples beyond kMaxSamples.
  [[nodiscard]] std::uint64_t unheard() const { return unheard_; }

 private:
  struct Exchange;
  void ask();
  void on_end(std::optional<net::NetError> error);
  void take(const std::vector<HeardEvent>& events);
  void fail(RequestFailure failure);
  void push(ListenEvent event);

  TranscriptionOptions options_;
  net::HttpClient& http_;
  Wake wake_;
  std::string whom_;
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
};

}  // namespace offhook::inline v0::agent::openai
