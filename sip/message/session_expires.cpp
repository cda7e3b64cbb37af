#include <offhook/sip/message/session_expires.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <limits>

namespace offhook::inline v0::sip {

base::Result<SessionExpires, ParseError> parse_session_expires(std::string_view value) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  auto rest = value;
  detail::skip_lws(rest);
  const auto seconds = detail::take_number(rest, kMost);
  if (!seconds || *seconds > kMost) return base::fail(ParseError::BadNumber);
  const auto params = detail::take_header_params(rest);
  if (!params || !rest.empty()) return base::fail(ParseError::BadParameter);
  SessionExpires parsed{static_cast<std::uint32_t>(*seconds), SessionExpires::Refresher::Unsaid};
  const auto refresher = params->find("refresher").value_or("");
  if (base::iequals(refresher, "uac")) parsed.refresher = SessionExpires::Refresher::Uac;
  if (base::iequals(refresher, "uas")) parsed.refresher = SessionExpires::Refresher::Uas;
  return parsed;
}

}  // namespace offhook::inline v0::sip
