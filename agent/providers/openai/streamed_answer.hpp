#pragma once

#include <offhook/agent/providers/openai/call_assembly.hpp>
#include <offhook/agent/providers/openai/model_events.hpp>
#include <offhook/agent/providers/openai/think_filter.hpp>
#include <offhook/agent/providers/sse.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::openai {

/// What both ways of asking a model have in common: the stream (or one JSON object, from a server that does not stream), text
/// without thoughts, calls, and an end that comes once.
class StreamedAnswer : public ModelAnswer {
 public:
  void on_bytes(std::string_view bytes, std::vector<ModelEvent>& out) final;
  void on_end(std::vector<ModelEvent>& out) final;

 protected:
  /// One JSON text of the answer; `name` of its event, "" when there is none.
  virtual void on_json(std::string_view name, std::string_view json, std::vector<ModelEvent>& out) = 0;

  void on_text(std::string_view text, std::vector<ModelEvent>& out);
  void on_call(const CallPiece& piece, std::vector<ModelEvent>& out);
  void finish(ModelFinished::Why why, std::vector<ModelEvent>& out);
  void fail(FailureKind kind, std::string why, std::vector<ModelEvent>& out);
  [[nodiscard]] bool over() const { return finished_ || failed_; }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool has_text() const { return text_octets_ > 0; }
  [[nodiscard]] bool has_calls() const { return !calls_.empty(); }

 private:
  enum class Form { Unknown, Stream, Whole };
  void on_events(bool fits, std::vector<ModelEvent>& out);

  SseParser sse_;
  std::vector<SseEvent> events_;
  std::string whole_;
  Form form_ = Form::Unknown;
  ThinkFilter thoughts_;
  CallAssembly calls_;
  std::size_t text_octets_ = 0;  // of all text, thoughts too
  bool met_ = false;             // one JSON text at least
  bool said_ = false;            // something that can be spoken came
  bool finished_ = false, failed_ = false;
};

}  // namespace offhook::inline v0::agent::openai
