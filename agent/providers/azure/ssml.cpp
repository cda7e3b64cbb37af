#include <offhook/agent/providers/azure/ssml.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <cstdint>

namespace offhook::inline v0::agent::azure {

namespace {

constexpr std::string_view kUnknown = "\xEF\xBF\xBD";  // U+FFFD

void append_ascii(std::string& out, std::uint32_t code) {
  switch (code) {
    case '&': out += "&amp;"; return;
    case '<': out += "&lt;"; return;
    case '>': out += "&gt;"; return;
    case '"': out += "&quot;"; return;
    case '\'': out += "&apos;"; return;
    default: break;
  }
  out += code < 0x20 || code == 0x7F ? ' ' : static_cast<char>(code);
}

/// Returns true for U+FFFE and U+FFFF, which XML does not allow, not even as a reference.
bool is_no_character(std::uint32_t code) { return code == 0xFFFE || code == 0xFFFF; }
bool is_control(std::uint32_t code) { return code >= 0x80 && code < 0xA0; }

}  // namespace

void append_xml_text(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const Utf8Char c = first_utf8(text);
    if (c.state != Utf8Char::State::Good || is_no_character(c.code)) out += kUnknown;
    else if (c.code < 0x80) append_ascii(out, c.code);
    else if (is_control(c.code)) out += ' ';
    else out += text.substr(0, c.length);
    text.remove_prefix(c.length);
  }
}

std::string write_ssml(const SsmlShape& shape, std::string_view text) {
  std::string ssml = "<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xml:lang='";
  append_xml_text(ssml, shape.language);
  ssml += "'><voice name='";
  append_xml_text(ssml, shape.voice);
  ssml += "'>";
  append_xml_text(ssml, text);
  return ssml += "</voice></speak>";
}

}  // namespace offhook::inline v0::agent::azure
