#include <offhook/agent/providers/ollama/line_reader.hpp>

#include <utility>

namespace offhook::inline v0::agent::ollama {

bool LineReader::feed(std::string_view bytes, std::vector<std::string>& out) {
  while (!failed_ && !bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() > kMaxLine) {
      failed_ = true;
      break;
    }
    line_ += piece;
    if (end == std::string_view::npos) break;
    end_line(out);
    bytes.remove_prefix(end + 1);
  }
  return !failed_;
}

void LineReader::finish(std::vector<std::string>& out) {
  if (!failed_) end_line(out);
}

void LineReader::end_line(std::vector<std::string>& out) {
  std::string line = std::exchange(line_, {});
  if (line.ends_with('\r')) line.pop_back();
  if (line.find_first_not_of(" \t") != std::string::npos) out.push_back(std::move(line));
}

}  // namespace offhook::inline v0::agent::ollama
