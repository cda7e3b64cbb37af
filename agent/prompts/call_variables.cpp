#include <offhook/agent/prompts/call_variables.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::prompts {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

/// Returns true for C0 and C1 controls, line and paragraph separators, and marks of writing direction. A reader of a log or a
/// prompt cannot see these characters.
bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x206f);
}

}  // namespace

std::string cleaned(std::string_view value) {
  std::string out;
  bool has_blank = true;  // true at the start, so that the result has no leading blank and never two blanks in a row
  for (std::size_t characters = 0; !value.empty() && characters < kMaxValueCharacters;) {
    const Utf8Char c = first_utf8(value);
    const auto character = c.is_good() ? value.substr(0, c.length) : kReplacement;
    value.remove_prefix(c.is_good() ? c.length : 1);
    const bool is_blank = character == " " || (c.is_good() && is_control(c.code));
    if (is_blank && has_blank) continue;
    out += is_blank ? std::string_view(" ") : character;
    has_blank = is_blank;
    ++characters;
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string marked_data(std::string value) {
  std::replace(value.begin(), value.end(), '<', '(');
  std::replace(value.begin(), value.end(), '>', ')');
  return "<data>" + value + "</data>";
}

}  // namespace offhook::inline v0::agent::prompts
