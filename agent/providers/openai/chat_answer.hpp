#pragma once

#include <offhook/agent/providers/openai/streamed_answer.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::openai {

/// Reads one answer of /chat/completions. Accepts the deviations of compatible servers: no [DONE], no stream, finish_reason "stop"
/// with calls, no id, no index, arguments as an object, content null, thoughts in the text or next to it.
class ChatAnswer final : public StreamedAnswer {
 public:
  /// `starts_in_thought`: the text begins inside a thought, because the model's template put the opening tag after the question.
  explicit ChatAnswer(bool starts_in_thought = false);
  ~ChatAnswer() override;

 private:
  struct Reader;
  void on_json(std::string_view name, std::string_view json, std::vector<chat::ModelEvent>& out) override;

  std::unique_ptr<Reader> reader_;
};

}  // namespace offhook::inline v0::agent::openai
