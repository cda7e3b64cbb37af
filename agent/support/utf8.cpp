#include <offhook/agent/support/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent {

namespace {

constexpr std::uint32_t octet(char c) { return static_cast<unsigned char>(c); }
constexpr bool is_continuation(char c) { return (octet(c) & 0xc0U) == 0x80; }

std::size_t length_by_lead(std::uint32_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/// Returns true for an invisible character: a control, soft hyphen, Arabic letter mark, character without width, mark of direction,
/// variation selector, interlinear mark, or tag.
constexpr bool is_unseen(std::uint32_t code) {
  struct Range { std::uint32_t first, last; };
  constexpr std::array kRanges{Range{0, 0x1f}, Range{0x7f, 0x9f}, Range{0xad, 0xad}, Range{0x34f, 0x34f},
                               Range{0x61c, 0x61c}, Range{0x115f, 0x1160}, Range{0x17b4, 0x17b5}, Range{0x180b, 0x180f},
                               Range{0x2800, 0x2800}, Range{0x1bca0, 0x1bca3}, Range{0x1d173, 0x1d17a},
                               Range{0x200b, 0x200f}, Range{0x2028, 0x202e}, Range{0x2060, 0x206f}, Range{0x3164, 0x3164},
                               Range{0xfe00, 0xfe0f}, Range{0xfeff, 0xfeff}, Range{0xffa0, 0xffa0}, Range{0xfff0, 0xfffb},
                               Range{0xe0000, 0xe0fff}};
  return std::any_of(kRanges.begin(), kRanges.end(), [code](const Range& range) { return code >= range.first && code <= range.last; });
}

}  // namespace

Utf8Char first_utf8(std::string_view text) {
  const std::uint32_t lead = octet(text.front());
  const std::size_t length = length_by_lead(lead);
  if (length == 0) return {0, 1, Utf8Char::State::Bad};
  if (length == 1) return {lead, 1, Utf8Char::State::Good};
  std::uint32_t code = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size()) return {0, text.size(), Utf8Char::State::Cut};
    if (!is_continuation(text[i])) return {0, 1, Utf8Char::State::Bad};
    code = (code << 6U) | (octet(text[i]) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[length] || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) return {0, 1, Utf8Char::State::Bad};
  return {code, length, Utf8Char::State::Good};
}

std::uint32_t last_utf8(std::string_view text) {
  if (text.empty()) return 0;
  std::size_t at = text.size() - 1;
  while (at > 0 && text.size() - at < 4 && is_continuation(text[at])) --at;
  return first_utf8(text.substr(at)).code;
}

std::size_t count_utf8(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string_view cut_utf8(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && most - end < 3 && is_continuation(text[end])) --end;
  return text.substr(0, is_continuation(text[end]) ? most : end);
}

std::string visible_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Utf8Char next = first_utf8(text);
    if (!next.is_good()) out += fmt::format("\\x{{{:x}}}", octet(text.front()));
    else if (is_unseen(next.code)) out += fmt::format("\\u{{{:x}}}", next.code);
    else out += text.substr(0, next.length);
    text.remove_prefix(next.is_good() ? next.length : 1);
  }
  return out;
}

}  // namespace offhook::inline v0::agent
