#include <offhook/sip/message/dtmf_info.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

namespace {

std::optional<char> digit_of(std::string_view text) {
  if (text.size() == 2 && (text == "10" || text == "11")) return text == "10" ? '*' : '#';  // RFC 4733 section 3.2
  if (text.size() != 1) return std::nullopt;
  const char c = base::is_alpha(text.front()) ? static_cast<char>(base::to_lower(text.front()) - 32) : text.front();
  if (base::is_digit(c) || c == '*' || c == '#' || (c >= 'A' && c <= 'D')) return c;
  return std::nullopt;
}

}  // namespace

std::optional<DtmfInfo> parse_dtmf_info(std::string_view content_type, std::string_view body) {
  DtmfInfo info;
  std::optional<char> digit;
  if (content_type == "application/dtmf") digit = digit_of(base::trim(body));
  if (content_type == "application/dtmf-relay") {
    base::TextCursor rest(body);
    while (!rest.at_end()) {
      const auto line = rest.take_until('\n');
      const auto equals = std::min(line.find('='), line.size());
      const auto name = base::trim(line.substr(0, equals));
      const auto value = equals == line.size() ? std::string_view() : base::trim(line.substr(equals + 1));
      if (base::iequals(name, "signal") && !digit) digit = digit_of(value);
      if (base::iequals(name, "duration")) {
        info.duration_ms = std::min(kMaxDtmfDuration, base::parse_number<std::uint32_t>(value).value_or(info.duration_ms));
      }
    }
  }
  if (!digit) return std::nullopt;
  info.digit = *digit;
  return info;
}

}  // namespace offhook::inline v0::sip
