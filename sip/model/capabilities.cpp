#include <offhook/sip/model/capabilities.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "-.!%*_+`'~";  // RFC 3261 section 25.1
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return base::is_alpha(c) || base::is_digit(c) || kMarks.find(c) != std::string_view::npos;
  });
}

bool is_ours(HeaderName name) {
  switch (name) {
    case HeaderName::Via:
    case HeaderName::From:
    case HeaderName::To:
    case HeaderName::CallId:
    case HeaderName::CSeq:
    case HeaderName::Contact:
    case HeaderName::ContentLength:
    case HeaderName::ContentType:
    case HeaderName::ContentEncoding:
    case HeaderName::MaxForwards:
    case HeaderName::Route:
    case HeaderName::RecordRoute:
    case HeaderName::Authorization:
    case HeaderName::ProxyAuthorization:
    case HeaderName::Allow:
    case HeaderName::Require:
    case HeaderName::SessionExpires:
    case HeaderName::MinSe:
    case HeaderName::RSeq:
    case HeaderName::RAck:
    case HeaderName::ReferTo:
    case HeaderName::Replaces:
    case HeaderName::UserAgent: return true;
    default: return false;  // The phone layer may set all other fields.
  }
}

}  // namespace

bool is_settable(std::string_view name) {
  return is_token(name) && !is_ours(parse_header_name(name));
}

Capabilities::Capabilities(std::string packages, bool message)
    : allow_(kAllow), allow_events_(std::move(packages)), subscribe_(!allow_events_.empty()), message_(message) {
  if (subscribe_) allow_ += ", SUBSCRIBE";
  if (message_) allow_ += ", MESSAGE";
}

bool Capabilities::takes(Method method) const {
  return (method == Method::Subscribe && subscribe_) || (method == Method::Message && message_);
}

bool lists_type(std::string_view list, std::string_view type) {
  const auto main = type.substr(0, type.find('/'));
  while (!list.empty()) {
    base::TextCursor range(base::trim(list.substr(0, list.find(','))));
    const auto one = base::trim(range.take_until(';'));
    if (base::iequals(one, type) || one == "*/*") return true;
    if (one.size() == main.size() + 2 && one.ends_with("/*") && base::iequals(one.substr(0, main.size()), main)) return true;
    const auto comma = list.find(',');
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

bool accepts_type(const Message& message, std::string_view type) {
  auto lines = message.lines(HeaderName::Accept);
  while (const auto line = lines.next()) {
    if (lists_type(*line, type)) return true;
  }
  return false;
}

void write_headers(Writer& writer, const HeaderList& headers) {
  for (const auto& [name, value] : headers) {
    if (is_settable(name)) writer.header(name, value);
  }
}

void write_own(Writer& writer, const HeaderList& headers) {
  for (const auto& [name, value] : headers) writer.header(name, value);
}

bool is_supported(std::string_view option_tag) {
  std::string_view rest = kSupported;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    if (base::iequals(base::trim(rest.substr(0, comma)), base::trim(option_tag))) return true;
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return false;
}

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace offhook::inline v0::sip
