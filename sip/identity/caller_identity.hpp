#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/identity/passport.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

struct IncomingCall;

/// What is known of who calls: the verstat of SHAKEN, and the words of who signed for it.
struct CallerIdentity {
  enum class Verstat : std::uint8_t { NoValidation, Passed, Failed };
  Verstat verstat = Verstat::NoValidation;        ///< NoValidation: nobody signed
  std::optional<IdentityError> error{};           ///< why it is not Passed
  std::string attest;                             ///< "A": that the caller is known, and may use this number; "" when not said
  std::string origid;
};
/// "TN-Validation-Passed" and its like, as a From or P-Asserted-Identity says it.
[[nodiscard]] std::string_view to_string(CallerIdentity::Verstat verstat);
/// "passed", "failed", "absent"; "" when the call was not checked.
[[nodiscard]] std::string_view word_for(const CallerIdentity& identity);
/// Whether the signer says that the caller may use the number: Passed, and of SHAKEN the attestation "A". By "B" the signer knows the
/// caller and not whose the number is, by "C" neither: RFC 8588 section 4.
[[nodiscard]] bool proves_number(const CallerIdentity& identity);

struct IdentityCheck {
  std::int64_t now = 0;                           ///< seconds since 1970: whoever has a clock passes it in
  std::chrono::seconds max_age{60};               ///< RFC 8224 section 4.1: sixty seconds is recommended
  /// The PEM text of the certificate at this address, from whoever fetches, keeps and trusts certificates (TrustedCertificates).
  std::function<base::Result<std::string, IdentityError>(std::string_view x5u)> certificate{};
  /// Whether another call was believed by the same PASSporT, whose header and payload this is (PassportMemory).
  std::function<bool(std::string_view signed_text)> is_replayed{};
};

/// The number that a PASSporT names, of a URI: digits alone (RFC 8224 section 8.3); "" when the user part is no telephone number.
[[nodiscard]] std::string canonical_number(std::string_view uri);

/// Checks the Identity header fields of a call. One good signature is enough; else the first fault is told.
[[nodiscard]] CallerIdentity verify_caller(const IncomingCall& call, const IdentityCheck& check);

/// The value of an Identity header field for a call of ours: its name and this go into CallOptions::headers. RFC 8224 section 6.1.
/// Errors: BadCertificate (the key signs nothing), BadHeader (the address of the certificate is no URI that could stand in <>).
[[nodiscard]] base::Result<std::string, IdentityError> identity_value(const Passport& passport, const SigningKey& key);

}  // namespace offhook::inline v0::sip
