#include <offhook/sip/identity/identity_verifier.hpp>

#include <offhook/sip/model/events.hpp>

#include <string_view>

namespace offhook::inline v0::sip {

CallerIdentity IdentityVerifier::verify(const IncomingCall& call, std::int64_t now) {
  IdentityCheck check;
  check.now = now;
  check.max_age = max_age_;
  check.certificate = [this, now](std::string_view x5u) { return certificates_.find(x5u, now); };
  // The time in a PASSporT may be up to max_age in the future. Such a PASSporT stays fresh for up to twice max_age.
  check.is_replayed = [&](std::string_view text) { return seen_.is_replayed(text, call.call_id, now, 2 * max_age_); };
  return verify_caller(call, check);
}

}  // namespace offhook::inline v0::sip
