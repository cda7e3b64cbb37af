#include <offhook/sip/message/replaces.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

namespace {

/// Returns true for a valid Call-ID, `word [ "@" word ]`: RFC 3261 section 25.1.
bool is_call_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return !detail::is_control(c) && !base::is_space(c) && c != ',' && c != ';' && static_cast<unsigned char>(c) < 128;
  });
}

bool take_tag(std::string& into, std::string_view value) {
  if (!into.empty() || !detail::is_token(value)) return false;
  into = value;
  return true;
}

}  // namespace

base::Result<Replaces, ParseError> parse_replaces(std::string_view value) {
  if (value.size() > kMaxReplacesBytes) return base::fail(ParseError::TooLarge);
  auto rest = detail::trim(value);
  Replaces replaces;
  const auto call_id = detail::trim(rest.substr(0, rest.find(';')));
  if (call_id.empty()) return base::fail(ParseError::Empty);
  if (!is_call_id(call_id)) return base::fail(ParseError::BadParameter);
  replaces.call_id = call_id;
  rest.remove_prefix(std::min(rest.size(), rest.find(';')));
  const auto params = detail::take_header_params(rest);
  if (!params) return base::fail(params.error());
  if (!rest.empty()) return base::fail(ParseError::BadParameter);  // Refuse a second value: an INVITE replaces only one dialog.
  auto left = params->text();
  while (const auto param = Params::next(left)) {
    if (base::iequals(param->name, "to-tag") && !take_tag(replaces.to_tag, param->value))
      return base::fail(ParseError::BadParameter);
    if (base::iequals(param->name, "from-tag") && !take_tag(replaces.from_tag, param->value))
      return base::fail(ParseError::BadParameter);
    if (base::iequals(param->name, "early-only")) replaces.early_only = true;
  }
  if (replaces.to_tag.empty() || replaces.from_tag.empty()) return base::fail(ParseError::BadParameter);
  return replaces;
}

std::string to_string(const Replaces& replaces) {
  return replaces.call_id + ";to-tag=" + replaces.to_tag + ";from-tag=" + replaces.from_tag +
         (replaces.early_only ? ";early-only" : "");
}

}  // namespace offhook::inline v0::sip
