#include <offhook/agent/tools/mcp/line_reader.hpp>

#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

void LineReader::feed(std::string_view bytes, std::vector<std::string>& out) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (!skipping_ && line_.size() + piece.size() > most_) {
      skipping_ = true;
      ++passed_over_;
      line_ = {};
    }
    if (!skipping_) line_ += piece;
    if (end == std::string_view::npos) return;
    if (!std::exchange(skipping_, false)) {
      if (line_.ends_with('\r')) line_.pop_back();
      out.push_back(std::exchange(line_, {}));
    }
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace offhook::inline v0::agent::tools::mcp
