#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/identity/passport.hpp>
#include <offhook/sip/model/caller_identity.hpp>
#include <offhook/sip/model/events.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

struct IdentityCheck {
  std::int64_t now = 0;                           ///< seconds since 1970, from the owner
  std::chrono::seconds max_age{60};               ///< RFC 8224 section 4.1 recommends sixty seconds
  /// Returns the PEM text of the certificate at `x5u`. The owner fetches, stores and trusts certificates (TrustedCertificates).
  std::function<base::Result<std::string, IdentityError>(std::string_view x5u)> certificate{};
  /// Returns true if another call was accepted with the same PASSporT. `signed_text` is its header and payload (PassportMemory).
  std::function<bool(std::string_view signed_text)> is_replayed{};
};

/// Returns the telephone number of a URI as in a PASSporT: digits only (RFC 8224 section 8.3). Returns "" if the user part is not a
/// telephone number.
[[nodiscard]] std::string canonical_number(std::string_view uri);

/// Checks the Identity header fields of a call. One valid signature suffices; otherwise reports the first error.
[[nodiscard]] CallerIdentity verify_caller(const IncomingCall& call, const IdentityCheck& check);

/// Returns the value of an Identity header field for a call that we make; add it to CallOptions::headers. RFC 8224 section 6.1.
/// Errors: BadCertificate (the key cannot sign), BadHeader (the certificate's address is not a URI that fits into <>).
[[nodiscard]] base::Result<std::string, IdentityError> identity_value(const Passport& passport, const SigningKey& key);

}  // namespace offhook::inline v0::sip
