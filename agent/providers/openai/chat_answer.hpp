#pragma once

#include <offhook/agent/providers/openai/streamed_answer.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::openai {

/// Reads one answer of /chat/completions. Accepts the deviations of compatible servers: no [DONE], no stream, finish_reason "stop" with
/// function calls, no id, no index, arguments as an object, content null, thoughts in the text or in another member.
class ChatAnswer final : public StreamedAnswer {
 public:
  /// `starts_in_thought`: the text begins inside a thought, because the model's template ends the question with the opening tag.
  explicit ChatAnswer(bool starts_in_thought = false);
  ~ChatAnswer() override;

 private:
  struct Reader;
  void on_json(std::string_view name, std::string_view json, std::vector<chat::ModelEvent>& out) override;

  std::unique_ptr<Reader> reader_;
};

}  // namespace offhook::inline v0::agent::openai
