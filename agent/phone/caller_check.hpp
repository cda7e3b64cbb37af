#pragma once

#include <offhook/agent/phone/identity_options.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/identity/identity_verifier.hpp>
#include <offhook/sip/model/events.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace offhook::inline v0::phone {

/// Verifies the numbers of callers, and selects the calls that are refused without a valid signature.
class CallerCheck {
 public:
  /// Reads the files. Errors (PhoneError::Identity): a file cannot be read, or contains nothing usable; the text names the file.
  [[nodiscard]] static base::Result<CallerCheck, base::Error> open(const IdentityOptions::Verifying& options);

  /// `now` is in seconds since 1970.
  [[nodiscard]] sip::CallerIdentity verify(const sip::IncomingCall& call, std::int64_t now) { return verifier_.verify(call, now); }
  /// Returns the status that refuses the call, whose `identity` is the result of verify(), or nullopt to accept it.
  [[nodiscard]] std::optional<int> refusal_of(const sip::IncomingCall& call) const;

 private:
  CallerCheck(IdentityOptions::Verifying options, sip::IdentityVerifier verifier)
      : options_(std::move(options)), verifier_(std::move(verifier)) {}

  IdentityOptions::Verifying options_;
  sip::IdentityVerifier verifier_;
};

}  // namespace offhook::inline v0::phone
