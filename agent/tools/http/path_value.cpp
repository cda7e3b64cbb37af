#include <offhook/agent/tools/http/path_value.hpp>

#include <offhook/agent/tools/http/percent.hpp>

#include <algorithm>
#include <string>

namespace offhook::inline v0::agent::tools::http {

namespace {

constexpr unsigned kDecodings = 3;

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
}

/// Returns true if a segment is `.` or `..`: RFC 3986 section 5.2.4. Also splits the text at the separators of less strict servers.
bool has_step(std::string_view text) {
  while (true) {
    const auto end = text.find_first_of("/\\;?#");
    const auto piece = text.substr(0, end);
    if (piece == "." || piece == "..") return true;
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool is_path_value(std::string_view value) {
  std::string text(value);
  for (unsigned i = 0; i <= kDecodings; ++i) {
    if (text.empty() || has_control(text) || has_step(text)) return false;
    std::string decoded = loosely_percent_decoded(text);
    if (decoded == text) return true;
    text = std::move(decoded);
  }
  return false;  // Refuse a value that is encoded so often.
}

}  // namespace offhook::inline v0::agent::tools::http
