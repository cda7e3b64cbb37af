#include <offhook/sip/message/message.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

std::optional<std::string_view> Message::find(HeaderName name) const {
  if (name == HeaderName::Other) return std::nullopt;
  for (const auto& header : headers_) {
    if (header.id == name) return header.value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Message::find(std::string_view name) const {
  if (const auto id = parse_header_name(name); id != HeaderName::Other) return find(id);
  for (const auto& header : headers_) {
    if (header.id == HeaderName::Other && base::iequals(header.name, name)) return header.value;
  }
  return std::nullopt;
}

bool Message::lists(HeaderName name, std::string_view token) const {
  if (name == HeaderName::Other) return false;
  for (const auto& header : headers_) {
    if (header.id != name) continue;
    auto rest = header.value;
    while (const auto element = detail::next_element(rest)) {
      if (base::iequals(base::trim(element->substr(0, element->find(';'))), token)) return true;
    }
  }
  return false;
}

base::Result<NameAddr, ParseError> Message::contact() const {
  const auto value = find(HeaderName::Contact);
  if (!value) return base::fail(ParseError::MissingHeader);
  auto rest = *value;
  return take_name_addr(rest);
}

base::Result<std::vector<NameAddr>, ParseError> Message::name_addrs(HeaderName name, std::size_t limit) const {
  std::vector<NameAddr> values;
  for (const auto& header : headers_) {
    if (header.id != name || name == HeaderName::Other) continue;
    auto rest = header.value;
    while (!rest.empty()) {
      const auto value = take_name_addr(rest);
      if (!value) return base::fail(value.error());
      if (values.size() == limit) return base::fail(ParseError::TooManyValues);
      values.push_back(*value);
    }
  }
  return values;
}

std::optional<std::uint32_t> Message::number(HeaderName name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto digits = std::min(value->find_first_not_of("0123456789"), value->size());
  const auto tail = value->substr(digits);
  if (!tail.empty() && !base::is_space(tail.front()) && tail.front() != ';' && tail.front() != '(') return std::nullopt;
  return base::parse_number<std::uint32_t>(value->substr(0, digits));
}

std::string_view Message::content_type() const {
  const auto value = find(HeaderName::ContentType).value_or("");
  return value.substr(0, value.find_first_of("; \t"));  // Parser has put it into lower case and closed it up round the slash.
}

}  // namespace offhook::inline v0::sip
