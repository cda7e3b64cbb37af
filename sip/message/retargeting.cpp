#include <offhook/sip/message/retargeting.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

namespace {

std::string unquoted(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return std::string(value);
}

/// Returns the header component of that name, unescaped. Returns "" if it is absent or contains control characters, which could
/// end a line.
std::string header_in(const Uri& uri, std::string_view name) {
  auto rest = uri.headers;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto one = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    const auto equals = one.find('=');
    if (equals == std::string_view::npos || !base::iequals(one.substr(0, equals), name)) continue;
    std::string value = unescape(one.substr(equals + 1));
    return std::any_of(value.begin(), value.end(), detail::is_control) ? std::string() : value;
  }
  return {};
}

std::string without_headers(const Uri& uri) {
  return std::string(uri.text.substr(0, uri.text.find('?')));
}

/// Returns true for `1*DIGIT *(DOT 1*DIGIT)`: RFC 7044 section 5.
bool is_index(std::string_view text) {
  bool digit = false;
  for (const char c : text) {
    if (c == '.' ? !digit : !base::is_digit(c)) return false;
    digit = c != '.';
  }
  return digit;
}

}  // namespace

std::vector<Diversion> diversions_of(const Message& message) {
  std::vector<Diversion> list;
  Values<NameAddr> values(message.lines(HeaderName::Diversion), kMaxDiversions);
  while (const NameAddr* value = values.next()) {
    Diversion one{
        without_headers(value->uri), value->display_text(), unquoted(value->params.find("reason").value_or("unknown")), 1, {}};
    one.counter = std::max(1U, base::parse_number<std::uint32_t>(value->params.find("counter").value_or("")).value_or(1));
    one.privacy = unquoted(value->params.find("privacy").value_or(""));
    list.push_back(std::move(one));
  }
  return list;
}

std::vector<HistoryEntry> history_of(const Message& message) {
  std::vector<HistoryEntry> list;
  Values<NameAddr> values(message.lines(HeaderName::HistoryInfo), kMaxHistoryEntries);
  while (const NameAddr* value = values.next()) {
    const auto index = value->params.find("index").value_or("");
    if (!is_index(index)) break;
    const std::string privacy = header_in(value->uri, "Privacy");
    list.push_back({without_headers(value->uri), value->display_text(), std::string(index), header_in(value->uri, "Reason"),
                    !privacy.empty() && !base::iequals(privacy, "none")});
  }
  return list;
}

}  // namespace offhook::inline v0::sip
