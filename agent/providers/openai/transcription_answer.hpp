#pragma once

#include <offhook/agent/providers/turn_listener.hpp>
#include <offhook/agent/support/sse.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::openai {

/// Reads the body of /audio/transcriptions (status 200): a stream of pieces, or one JSON object. Pure.
class TranscriptionAnswer final : public TurnAnswer {
 public:
  static constexpr std::size_t kMaxText = 16U << 10U;  ///< longest transcript, in octets: two minutes of speech

  TranscriptionAnswer();
  ~TranscriptionAnswer() override;
  void on_bytes(std::string_view bytes, std::vector<HeardEvent>& out) override;
  void on_end(std::vector<HeardEvent>& out) override;
  [[nodiscard]] std::optional<ServiceUse> use() const override { return use_; }

 private:
  struct Reader;
  void on_json(std::string_view json, std::vector<HeardEvent>& out);
  void finish(std::string_view text, std::vector<HeardEvent>& out);
  void fail(FailureKind kind, std::string why, std::vector<HeardEvent>& out);

  std::unique_ptr<Reader> reader_;
  SseParser sse_;
  std::vector<SseEvent> events_;
  std::string whole_, text_;
  bool known_ = false, streamed_ = false, over_ = false;
  std::optional<ServiceUse> use_;
};

}  // namespace offhook::inline v0::agent::openai
