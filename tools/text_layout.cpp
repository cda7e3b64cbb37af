#include <offhook/tools/text_layout.hpp>

#include <offhook/agent/records/text_columns.hpp>

#include <algorithm>
#include <utility>

namespace offhook::tools {

namespace {

using agent::records::columns_of;

constexpr std::size_t kLeastMeaning = 24;  // Minimum width of a meaning next to its name; with less space it is below the name.
constexpr std::size_t kUnderName = 6;

/// Removes the next line from `text` and returns it.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string fitted_line(std::string_view line, std::size_t columns) {
  const auto name = line.find_first_not_of(' ');
  const auto gap = line.find("  ", name);
  const auto meaning = line.find_first_not_of(' ', gap);
  if (columns_of(line) <= columns || gap == std::string_view::npos || meaning == std::string_view::npos) return std::string(line) + '\n';
  if (meaning + kLeastMeaning <= columns) return std::string(line.substr(0, meaning)) + filled(line.substr(meaning), columns, meaning) + '\n';
  return std::string(line.substr(0, gap)) + '\n' + std::string(kUnderName, ' ') + filled(line.substr(meaning), columns, kUnderName) + '\n';
}

}  // namespace

std::string filled(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string out;
  std::size_t at = indent;
  bool is_first = true;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
    if (text.empty()) return out;
    const std::string_view word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(word.size());
    const std::size_t width = columns_of(word);
    if (!std::exchange(is_first, false)) {
      const bool fits = at + 1 + width <= columns;
      out += fits ? " " : '\n' + std::string(indent, ' ');
      at = fits ? at + 1 : indent;
    }
    out += word;
    at += width;
  }
}

std::string two_columns(std::string_view name, std::string_view meaning, std::size_t name_columns, std::size_t columns) {
  std::string line = "  " + std::string(name);
  if (meaning.empty()) return line + '\n';
  const std::size_t width = columns_of(line);
  line += width + 2 <= name_columns ? std::string(name_columns - width, ' ') : '\n' + std::string(name_columns, ' ');
  return line + filled(meaning, columns, name_columns) + '\n';
}

std::string laid_out(std::string_view text, std::size_t columns) {
  std::string out, paragraph;
  const bool ends_in_line_feed = text.ends_with('\n');
  const auto end_paragraph = [&] {
    if (!paragraph.empty()) out += filled(std::exchange(paragraph, {}), columns) + '\n';
  };
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (!line.empty() && line.front() != ' ') {
      paragraph += std::string(line) + ' ';
      continue;
    }
    end_paragraph();
    out += line.empty() ? "\n" : fitted_line(line, columns);
  }
  end_paragraph();
  if (!ends_in_line_feed && !out.empty()) out.pop_back();
  return out;
}

}  // namespace offhook::tools
