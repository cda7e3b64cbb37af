#include <offhook/agent/tools/http/percent.hpp>

#include <offhook/base/text.hpp>

namespace offhook::inline v0::agent::tools::http {

namespace {

int digit_of(char c) {
  if (base::is_digit(c)) return c - '0';
  const char lower = base::to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool begins_with_escape(std::string_view text) {
  return text.size() >= 3 && text[0] == '%' && digit_of(text[1]) >= 0 && digit_of(text[2]) >= 0;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (!begins_with_escape(text.substr(at))) return std::nullopt;
  }
  return loosely_percent_decoded(text);
}

std::string loosely_percent_decoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const bool is_escape = begins_with_escape(text);
    out += is_escape ? static_cast<char>(digit_of(text[1]) * 16 + digit_of(text[2])) : text.front();
    text.remove_prefix(is_escape ? 3 : 1);
  }
  return out;
}

}  // namespace offhook::inline v0::agent::tools::http
