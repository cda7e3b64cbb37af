#include <offhook/agent/records/text_columns.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace offhook::inline v0::agent::records {

namespace {

struct CodeRange {
  std::uint32_t first, last;
};

/// Blocks that terminals draw two columns wide: Hangul, the scripts of China and Japan, full-width forms, and pictures.
constexpr std::array kWide{CodeRange{0x1100, 0x115f}, CodeRange{0x2e80, 0x303e}, CodeRange{0x3041, 0xa4cf}, CodeRange{0xac00, 0xd7a3},
                           CodeRange{0xf900, 0xfaff}, CodeRange{0xfe30, 0xfe6f}, CodeRange{0xff00, 0xff60}, CodeRange{0xffe0, 0xffe6},
                           CodeRange{0x1f300, 0x1f64f}, CodeRange{0x1f680, 0x1f6ff}, CodeRange{0x1f7e0, 0x1f7eb}, CodeRange{0x1f900, 0x1f9ff},
                           CodeRange{0x1fa70, 0x1faff}, CodeRange{0x20000, 0x3fffd}};
constexpr std::array kCombining{CodeRange{0x300, 0x36f}, CodeRange{0x1ab0, 0x1aff}, CodeRange{0x1dc0, 0x1dff},
                                CodeRange{0x20d0, 0x20ff}, CodeRange{0xfe00, 0xfe0f}, CodeRange{0xfe20, 0xfe2f}};

template <class Ranges>
bool is_in(std::uint32_t code, const Ranges& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [code](const CodeRange& range) { return code >= range.first && code <= range.last; });
}

std::size_t columns_of_character(std::uint32_t code) { return is_in(code, kWide) ? 2 : is_in(code, kCombining) ? 0 : 1; }

/// Returns the number of octets in the longest beginning of `text` that takes at most `most` columns.
std::size_t octets_within(std::string_view text, std::size_t most) {
  std::size_t octets = 0;
  for (std::size_t columns = 0; octets < text.size();) {
    const Utf8Char next = first_utf8(text.substr(octets));
    columns += columns_of_character(next.code);
    if (columns > most) break;
    octets += next.length;
  }
  return octets;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Utf8Char next = first_utf8(text);
    columns += columns_of_character(next.code);
    text.remove_prefix(next.length);
  }
  return columns;
}

std::string cut_to_columns(std::string_view text, std::size_t most) {
  if (octets_within(text, most) == text.size()) return std::string(text);
  return std::string(text.substr(0, octets_within(text, most - 1))) + "\xe2\x80\xa6";
}

}  // namespace offhook::inline v0::agent::records
