#pragma once

#include <offhook/agent/providers/chat/gathered_answer.hpp>
#include <offhook/agent/providers/ollama/line_reader.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::ollama {

/// One answer of /api/chat: a JSON object a line, the last of them with `done`. What the model thinks comes beside its text, and is
/// not looked at. Calls come whole, on any line, and are given out when the answer ends. An answer that ends without `done`
/// has failed: nothing of Ollama's ends so but a model that died.
class ChatAnswer final : public chat::GatheredAnswer {
 public:
  ChatAnswer();
  ~ChatAnswer() override;
  void on_bytes(std::string_view bytes, std::vector<chat::ModelEvent>& out) override;
  void on_end(std::vector<chat::ModelEvent>& out) override;

 private:
  struct Reader;
  void on_lines(const std::vector<std::string>& lines, std::vector<chat::ModelEvent>& out);
  void on_line(std::string_view line, std::vector<chat::ModelEvent>& out);

  LineReader lines_;
  std::unique_ptr<Reader> reader_;
  std::int64_t calls_ = 0;
};

}  // namespace offhook::inline v0::agent::ollama
