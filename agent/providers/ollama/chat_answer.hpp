#pragma once

#include <offhook/agent/providers/chat/gathered_answer.hpp>
#include <offhook/agent/providers/ollama/line_reader.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::ollama {

/// Reads one answer of /api/chat: one JSON object in each line, the last of them with `done`. The model's thoughts are in a member of their own,
/// which is ignored. Function calls come complete, on any line, and are returned at the end of the answer. An answer that ends without `done` is a
/// failure: Ollama ends an answer in this way only when the model has crashed.
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
