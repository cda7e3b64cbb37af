#pragma once

#include <offhook/agent/providers/openai/streamed_answer.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::openai {

/// One answer of /chat/completions. Takes what compatible servers leave out or do otherwise: no [DONE], no stream, finish_reason
/// "stop" with calls, no id, no index, arguments as an object, content null, thoughts in the text or beside it.
class ChatAnswer final : public StreamedAnswer {
 public:
  /// `starts_in_thought`: its text begins within a thought, whose opening tag the model's template put behind the question.
  explicit ChatAnswer(bool starts_in_thought = false);
  ~ChatAnswer() override;

 private:
  struct Reader;
  void on_json(std::string_view name, std::string_view json, std::vector<chat::ModelEvent>& out) override;

  std::unique_ptr<Reader> reader_;
};

}  // namespace offhook::inline v0::agent::openai
