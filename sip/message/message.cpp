#include <offhook/sip/message/message.hpp>

#include <offhook/base/block.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <limits>

namespace offhook::inline v0::sip {

Headers Message::headers() const {
  const auto* const table = slab_.table();
  return table != nullptr ? Headers(text(), *table) : Headers();
}

bool Message::has(HeaderName name) const {
  const auto* const table = slab_.table();
  return table != nullptr && name != HeaderName::Other && table->seen[static_cast<std::size_t>(name)];
}

Lines Message::lines(HeaderName name) const {
  return has(name) ? Lines(text(), *slab_.table(), name) : Lines();
}

std::optional<std::string_view> Message::find(HeaderName name) const {
  if (!has(name)) return std::nullopt;
  const auto& table = *slab_.table();
  return value_of(table.entries.data()[table.first.data()[static_cast<std::size_t>(name)]], text());
}

std::optional<std::string_view> Message::find(std::string_view name) const {
  if (const auto id = parse_header_name(name); id != HeaderName::Other) return find(id);
  for (const auto& header : headers()) {
    if (header.id == HeaderName::Other && base::iequals(header.name, name)) return header.value;
  }
  return std::nullopt;
}

bool Message::lists(HeaderName name, std::string_view token) const {
  auto elements = tokens(name);
  while (const auto element = elements.next()) {
    if (base::iequals(base::trim(element->substr(0, element->find(';'))), token)) return true;
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
  std::vector<NameAddr> list;
  Values<NameAddr> values(lines(name), limit);
  while (const NameAddr* value = values.next()) list.push_back(*value);
  if (values.error()) return base::fail(*values.error());
  return list;
}

std::optional<std::uint32_t> Message::number(HeaderName name) const {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  const auto value = find(name);
  if (!value) return std::nullopt;
  auto rest = *value;
  const auto number = detail::take_number(rest, kMost);
  if (!number || *number > kMost) return std::nullopt;
  if (!rest.empty() && !detail::is_lws(rest.front()) && rest.front() != ';' && rest.front() != '(') return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::string_view Message::content_type() const {
  const auto value = find(HeaderName::ContentType).value_or("");
  const auto size = base::find_first(value, [](auto block) { return block.below('!') | block.equal(';'); });
  return value.substr(0, size);  // parse_message has converted it to lower case without space around the slash.
}

base::Result<SessionExpires, ParseError> Message::session_expires() const {
  const auto value = find(HeaderName::SessionExpires);
  if (!value) return base::fail(ParseError::MissingHeader);
  return parse_session_expires(*value);
}

base::Result<Authorization, ParseError> Message::authorization() const {
  const auto value = find(HeaderName::Authorization);
  if (!value) return base::fail(ParseError::MissingHeader);
  return parse_authorization(*value);
}

}  // namespace offhook::inline v0::sip
