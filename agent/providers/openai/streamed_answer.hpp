#pragma once

#include <offhook/agent/providers/chat/gathered_answer.hpp>
#include <offhook/agent/support/sse.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::openai {

/// The base class of ChatAnswer and ResponsesAnswer. It reads a stream of events, or one JSON object from a server that does not
/// stream.
class StreamedAnswer : public chat::GatheredAnswer {
 public:
  void on_bytes(std::string_view bytes, std::vector<chat::ModelEvent>& out) final;
  void on_end(std::vector<chat::ModelEvent>& out) final;

 protected:
  using chat::GatheredAnswer::GatheredAnswer;
  /// Reads one JSON text of the answer. `name` is the name of its event; "" if it has none.
  virtual void on_json(std::string_view name, std::string_view json, std::vector<chat::ModelEvent>& out) = 0;

 private:
  enum class Form { Unknown, Stream, Whole };
  void on_events(bool fits, std::vector<chat::ModelEvent>& out);

  SseParser sse_;
  std::vector<SseEvent> events_;
  std::string whole_;
  Form form_ = Form::Unknown;
  bool met_ = false;  // true: at least one event came
};

}  // namespace offhook::inline v0::agent::openai
