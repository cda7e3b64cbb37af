#include <offhook/sip/subscription/packages/xml_text.hpp>

#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::sip::packages {

namespace {

struct First {
  std::uint32_t code = 0;
  std::size_t length = 0;  // 0: not a valid character
};

First first_of(std::string_view text) {
  const auto octet = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(text[at])}; };
  const std::uint32_t lead = octet(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t code = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xC0U) != 0x80) return {};
    code = code << 6 | (octet(i) & 0x3FU);
  }
  if (code < kLeast[length] || code > 0x10FFFF) return {};
  return {code, length};
}

bool is_xml(std::uint32_t code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  return (code < 0xD800 || code > 0xDFFF) && code != 0xFFFE && code != 0xFFFF;
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const First first = first_of(text);
    if (first.length != 0 && is_xml(first.code)) clean.append(text.substr(0, first.length));
    text.remove_prefix(first.length == 0 ? 1 : first.length);
  }
  return clean;
}

}  // namespace offhook::inline v0::sip::packages
