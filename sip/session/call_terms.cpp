#include <offhook/sip/session/call_terms.hpp>

#include <offhook/sip/session/session_timer.hpp>

#include <string>

namespace offhook::inline v0::sip::session {

std::optional<Refusal> refusal_of_terms(const Message& invite, const SessionTimerOptions& timer, Reliability reliability) {
  const auto requires_ = [&](std::string_view tag) { return invite.lists(HeaderName::Require, tag); };
  if (timer.use == SessionTimerOptions::Use::Off && requires_("timer")) return Refusal{420, {{"Unsupported", "timer"}}};
  if (reliability == Reliability::Off && requires_("100rel")) return Refusal{420, {{"Unsupported", "100rel"}}};
  const bool acknowledges = requires_("100rel") || invite.lists(HeaderName::Supported, "100rel");
  if (reliability == Reliability::Required && !acknowledges) return Refusal{421, {{"Require", "100rel"}}};
  const auto least = SessionTimer::too_short(timer, SessionTimer::asked_by(invite));
  if (least) return Refusal{422, {{"Min-SE", std::to_string(*least)}}};
  return std::nullopt;
}

}  // namespace offhook::inline v0::sip::session
