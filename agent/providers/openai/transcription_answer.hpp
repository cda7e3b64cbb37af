#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/sse.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent::openai {

/// All that was understood so far; `final`: there is no more.
struct HeardText { std::string text; bool final = false; };
struct HearingFailed { FailureKind kind{}; std::string why; };
using HeardEvent = std::variant<HeardText, HearingFailed>;

/// The body of /audio/transcriptions (status 200): a stream of pieces, or one JSON object. Exactly one final HeardText or one
/// HearingFailed ends it. Pure.
class TranscriptionAnswer {
 public:
  static constexpr std::size_t kMaxText = 16U << 10U;  ///< octets: two minutes of anybody's speech

  TranscriptionAnswer();
  ~TranscriptionAnswer();
  void on_bytes(std::string_view bytes, std::vector<HeardEvent>& out);
  void on_end(std::vector<HeardEvent>& out);

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
};

}  // namespace offhook::inline v0::agent::openai
