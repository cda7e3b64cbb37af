#include <offhook/sip/message/reason.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

namespace offhook::inline v0::sip {

namespace {

/// Returns the text without quotes, escapes and control characters, so that a terminal cannot interpret it.
std::string shown(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
  NameAddr as_display;  // display_text() cleans any quoted string.
  as_display.display = text;
  std::string clean = as_display.display_text();
  if (clean.size() > kMaxReasonText) {
    clean.resize(kMaxReasonText);
    while (!clean.empty() && (static_cast<unsigned char>(clean.back()) & 0xC0U) == 0x80U) clean.pop_back();
    if (!clean.empty() && (static_cast<unsigned char>(clean.back()) & 0x80U) != 0) clean.pop_back();
  }
  return clean;
}

}  // namespace

base::Result<Reason, ParseError> parse_reason(std::string_view value) {
  auto rest = detail::trim(value);
  Reason reason;
  const auto protocol = detail::trim(rest.substr(0, rest.find(';')));
  if (!detail::is_token(protocol)) return base::fail(ParseError::BadParameter);
  reason.protocol = protocol;
  rest.remove_prefix(std::min(rest.size(), rest.find(';')));
  const auto params = detail::take_header_params(rest);
  if (!params) return base::fail(params.error());
  if (!rest.empty()) return base::fail(ParseError::BadParameter);
  if (const auto cause = params->find("cause")) {
    const auto number = base::parse_number<std::uint16_t>(*cause);
    if (!number) return base::fail(ParseError::BadNumber);
    reason.cause = *number;
  }
  reason.text = shown(params->find("text").value_or(""));
  return reason;
}

std::vector<Reason> reasons_of(const Message& message) {
  std::vector<Reason> reasons;
  auto elements = message.tokens(HeaderName::Reason);
  while (const auto element = elements.next()) {
    if (reasons.size() == kMaxReasons) break;
    if (auto reason = parse_reason(*element)) reasons.push_back(std::move(*reason));
  }
  return reasons;
}

std::string to_string(const Reason& reason) {
  std::string value = reason.protocol;
  if (reason.cause) value += ";cause=" + std::to_string(*reason.cause);
  if (reason.text.empty()) return value;
  value += ";text=\"";
  for (const char c : reason.text) {
    if (c == '"' || c == '\\') value += '\\';
    value += c;
  }
  return value + "\"";
}

}  // namespace offhook::inline v0::sip
