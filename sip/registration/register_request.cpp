#include <offhook/sip/registration/register_request.hpp>

#include <offhook/sip/registration/options.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::registration {

using std::chrono::seconds;

namespace {

/// Removes the user part: the Request-URI of a REGISTER names a server, not a user: RFC 3261 section 10.2.
std::string without_user(const std::string& text) {
  const auto uri = parse_uri(text);
  if (!uri || uri->user.empty()) return text;
  const std::size_t scheme = uri->scheme_text.size() + 1;
  return text.substr(0, scheme) + text.substr(static_cast<std::size_t>(uri->host.data() - uri->text.data()));
}

}  // namespace

RegisterRequest::RegisterRequest(seconds expires, DigestClient& digest, base::Random& random)
    : digest_(digest),
      random_(random),
      call_id_(random.token()),
      expires_(std::clamp(expires, seconds(1), kMaxExpires)),
      redirections_({}, 0) {}

SendRegister RegisterRequest::begin(const std::string& registrar, bool secure) {
  redirections_ = session::Redirections(registrar, session::kMaxRedirections, secure);
  target_ = registrar;
  interval_retries_ = 0;
  return anew();
}

std::optional<SendRegister> RegisterRequest::redirected(const Message& response) {
  redirections_.on_moved(response);
  const auto target = redirections_.next();
  if (!target) return std::nullopt;
  target_ = without_user(*target);
  return anew();
}

base::Result<SendRegister, AuthError> RegisterRequest::challenged(const Message& response) {
  auto authorizations = digest_.answer(response, {"REGISTER", target_}, random_, attempt_);
  if (!authorizations) return base::fail(authorizations.error());
  return next(std::move(*authorizations));
}

std::optional<SendRegister> RegisterRequest::lengthened(const Message& response) {
  const auto min = response.number(HeaderName::MinExpires);
  const bool sane = min && seconds(*min) > expires_ && seconds(*min) <= kMaxExpires;
  if (!sane || interval_retries_ >= kMaxIntervalRetries) return std::nullopt;
  ++interval_retries_;
  expires_ = seconds(*min);
  return anew();
}

/// Returns a request with credentials for remembered nonces.
SendRegister RegisterRequest::anew() {
  attempt_ = AuthAttempt{};
  return next(digest_.preempt({"REGISTER", target_}, random_, attempt_));
}

SendRegister RegisterRequest::next(Authorizations authorizations) {
  return {call_id_, ++cseq_, expires_, std::move(authorizations), target_};
}

}  // namespace offhook::inline v0::sip::registration
