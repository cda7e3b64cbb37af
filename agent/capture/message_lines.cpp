#include <offhook/agent/capture/message_lines.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::capture {

namespace {

/// Returns the start line and the fields, with the empty line; the whole message if there is no empty line.
std::string_view header_of(std::string_view message) {
  const auto after = [message](std::string_view blank_line) {
    const auto at = message.find(blank_line);
    return at == std::string_view::npos ? at : at + blank_line.size();
  };
  return message.substr(0, std::min(after("\r\n\r\n"), after("\n\n")));
}

}  // namespace

bool is_token_char(char c) { return base::is_alpha(c) || base::is_digit(c) || std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos; }

std::size_t field_end(std::string_view text, std::size_t begin) {
  for (std::size_t at = text.find('\n', begin); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != ' ' && text[at + 1] != '\t')) return at + 1;
  }
  return text.size();
}

LineName name_at(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  while (at < text.size() && is_token_char(text[at])) ++at;
  const std::string_view name = text.substr(begin, at - begin);
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return name.empty() || at == text.size() ? LineName() : LineName{name, text[at], at + 1};
}

std::optional<std::string_view> value_at(std::string_view text, std::size_t begin, std::string_view name, std::string_view compact) {
  const LineName line = name_at(text, begin);
  if (line.mark != ':' || (!base::iequals(line.name, name) && !base::iequals(line.name, compact))) return std::nullopt;
  return base::trim(text.substr(line.value, field_end(text, begin) - line.value));
}

std::string_view call_id_of(std::string_view message) {
  const std::string_view header = header_of(message);
  for (std::size_t at = 0; at < header.size(); at = field_end(header, at)) {
    if (const auto value = value_at(header, at, "Call-ID", "i")) return *value;
  }
  return {};
}

}  // namespace offhook::inline v0::agent::capture
