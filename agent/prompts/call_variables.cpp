#include <offhook/agent/prompts/call_variables.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::prompts {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

/// Returns the number of octets of the UTF-8 character at the front of `text`; 0 if `text` does not start with a valid one (RFC
/// 3629 section 4).
std::size_t character_at(std::string_view text) {
  const auto at = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U; };
  const unsigned lead = at(0), second = at(1);
  const std::size_t size = lead < 0x80                   ? 1
                           : lead >= 0xc2 && lead < 0xe0 ? 2
                           : (lead & 0xf0U) == 0xe0      ? 3
                           : lead >= 0xf0 && lead < 0xf5 ? 4
                                                         : 0;
  for (std::size_t k = 1; k < size; ++k) {
    if ((at(k) & 0xc0U) != 0x80) return 0;
  }
  const bool is_overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  return is_overlong || (lead == 0xed && second >= 0xa0) || (lead == 0xf4 && second >= 0x90) ? 0 : size;
}

/// Returns true for C0 and C1 controls, line and paragraph separators, and marks of writing direction. A reader of a log or a
/// prompt cannot see these characters.
bool is_control(std::string_view character) {
  const auto at = [&](std::size_t k) { return static_cast<unsigned char>(character[k]); };
  if (character.size() == 1) return at(0) < 0x20 || at(0) == 0x7f;
  if (character.size() == 2) return at(0) == 0xc2 && at(1) < 0xa0;
  if (character.size() != 3 || at(0) != 0xe2) return false;
  return (at(1) == 0x80 && ((at(2) >= 0x8b && at(2) <= 0x8f) || (at(2) >= 0xa8 && at(2) <= 0xae))) ||
         (at(1) == 0x81 && at(2) >= 0xa0 && at(2) <= 0xaf);
}

}  // namespace

std::string cleaned(std::string_view value) {
  std::string out;
  bool has_blank = true;  // true at the start, so that the result has no leading blank and never two blanks in a row
  for (std::size_t characters = 0; !value.empty() && characters < kMaxValueCharacters;) {
    const std::size_t size = character_at(value);
    const auto character = size == 0 ? kReplacement : value.substr(0, size);
    value.remove_prefix(size == 0 ? 1 : size);
    const bool is_blank = character == " " || is_control(character);
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
