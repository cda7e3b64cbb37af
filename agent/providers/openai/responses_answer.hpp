#pragma once

#include <offhook/agent/providers/openai/streamed_answer.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::openai {

/// Reads one answer of /responses. Skips unknown events, and all events of reasoning.
class ResponsesAnswer final : public StreamedAnswer {
 public:
  ResponsesAnswer();
  ~ResponsesAnswer() override;

 private:
  struct Reader;
  void on_json(std::string_view name, std::string_view json, std::vector<chat::ModelEvent>& out) override;

  std::unique_ptr<Reader> reader_;
};

}  // namespace offhook::inline v0::agent::openai
