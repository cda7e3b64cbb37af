#include <offhook/sip/message/authorization.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>
#include <offhook/sip/message/limits.hpp>

namespace offhook::inline v0::sip {

namespace {

/// Returns the field of `into` for the parameter `name`, or null for an unknown auth-param.
std::string_view* field_of(Authorization& into, std::string_view name) {
  struct Field {
    std::string_view name;
    std::string_view Authorization::* value;
  };
  static constexpr Field kFields[] = {
      {"username", &Authorization::username}, {"realm", &Authorization::realm},
      {"nonce", &Authorization::nonce},       {"uri", &Authorization::uri},
      {"response", &Authorization::response}, {"algorithm", &Authorization::algorithm},
      {"cnonce", &Authorization::cnonce},     {"opaque", &Authorization::opaque},
      {"qop", &Authorization::qop},           {"nc", &Authorization::nc},
  };
  for (const auto& field : kFields) {
    if (base::iequals(field.name, name)) return &(into.*field.value);
  }
  return nullptr;
}

/// Takes one `name = token` or `name = "text"` off `rest` and stores it.
base::Result<void, ParseError> take_parameter(std::string_view& rest, Authorization& into) {
  const auto name = rest.substr(0, detail::token_size(rest));
  rest.remove_prefix(name.size());
  detail::skip_lws(rest);
  if (name.empty() || !rest.starts_with('=')) return base::fail(ParseError::BadParameter);
  rest.remove_prefix(1);
  detail::skip_lws(rest);
  std::string_view value;
  if (rest.starts_with('"')) {
    const auto quoted = detail::take_quoted(rest);
    if (!quoted) return base::fail(quoted.error());
    value = quoted->substr(1, quoted->size() - 2);
  } else {  // Deviation: accept more than a token, because some peers write URIs and base64 without quotes.
    value = base::trim(rest.substr(0, rest.find(',')));
    if (value.empty() || value.find('"') != std::string_view::npos) return base::fail(ParseError::BadParameter);
    rest.remove_prefix(value.size());
  }
  detail::skip_lws(rest);
  auto* const field = field_of(into, name);
  if (field == nullptr) return {};
  if (field->data() != nullptr)
    // Do not let an attacker choose which of the two values is used.
    return base::fail(ParseError::BadParameter);
  *field = value;
  return {};
}

}  // namespace

base::Result<Authorization, ParseError> parse_authorization(std::string_view value) {
  Authorization parsed;
  auto rest = value;
  detail::skip_lws(rest);
  parsed.scheme = rest.substr(0, detail::token_size(rest));
  rest.remove_prefix(parsed.scheme.size());
  if (parsed.scheme.empty() || rest.empty() || !base::is_space(rest.front())) return base::fail(ParseError::BadParameter);
  if (!base::iequals(parsed.scheme, "Digest")) return parsed;
  for (std::size_t count = 0;; ++count) {
    detail::skip_lws(rest);
    if (count == kMaxAuthParams) return base::fail(ParseError::BadParameter);
    if (const auto taken = take_parameter(rest, parsed); !taken) return base::fail(taken.error());
    if (rest.empty()) return parsed;
    if (!rest.starts_with(',')) return base::fail(ParseError::BadParameter);
    rest.remove_prefix(1);
  }
}

}  // namespace offhook::inline v0::sip
