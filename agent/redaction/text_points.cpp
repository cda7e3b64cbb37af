#include <offhook/agent/redaction/text_points.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <array>
#include <cstddef>

namespace offhook::inline v0::agent::redaction {

namespace {

constexpr char32_t kReplacement = 0xfffd;

}  // namespace

TextPoints points_of(std::string_view text) {
  TextPoints points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = first_utf8(text.substr(at));
    const std::size_t length = c.is_good() ? c.length : 1;
    points.push_back({c.is_good() ? char32_t{c.code} : kReplacement, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(length)});
    at += length;
  }
  return points;
}

int digit_of(char32_t code) {
  // Each element is the digit zero of a script; the digits one to nine have the next code points.
  constexpr std::array<char32_t, 14> kZeros{'0', 0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6,
                                            0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0xff10};
  for (const char32_t zero : kZeros) {
    if (code >= zero && code < zero + 10) return static_cast<int>(code - zero);
  }
  if (code >= 0x1d7ce && code <= 0x1d7ff) return static_cast<int>((code - 0x1d7ce) % 10);  // Mathematical digits.
  constexpr std::array<char32_t, 10> kSuperscript{0x2070, 0xb9, 0xb2, 0xb3, 0x2074, 0x2075, 0x2076, 0x2077, 0x2078, 0x2079};
  for (std::size_t i = 0; i < kSuperscript.size(); ++i) {
    if (code == kSuperscript[i]) return static_cast<int>(i);
  }
  return -1;
}

bool is_blank(char32_t code) {
  return code == ' ' || (code >= 0x09 && code <= 0x0d) || code == 0xa0 || code == 0xad || (code >= 0x2000 && code <= 0x200f) ||
         code == 0x2028 || code == 0x2029 || code == 0x202f || (code >= 0x205f && code <= 0x2064) || code == 0x3000 ||
         code == 0xfeff;
}

bool is_dash(char32_t code) {
  return code == '-' || (code >= 0x2010 && code <= 0x2015) || code == 0x2212 || code == 0xff0d;
}

bool is_letter(char32_t code) {
  if (code < 0x80) return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
  const bool is_mark = code < 0xc0 || code == 0xd7 || code == 0xf7 || (code >= 0x2000 && code < 0x2070) ||
                       (code >= 0x3000 && code < 0x3005) || code == kReplacement || is_dash(code);
  return !is_mark && digit_of(code) < 0;
}

char32_t lower_case(char32_t code) {
  return code >= 'A' && code <= 'Z' ? code + 32 : code;
}

}  // namespace offhook::inline v0::agent::redaction
