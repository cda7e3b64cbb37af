#pragma once

#include <offhook/sip/model/identity_error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// The result of checking a caller: the verstat of SHAKEN, and the attestation of the signer.
struct CallerIdentity {
  enum class Verstat : std::uint8_t { NoValidation, Passed, Failed };
  Verstat verstat = Verstat::NoValidation;        ///< NoValidation: the call has no signature, or was not checked
  std::optional<IdentityError> error{};           ///< the reason why `verstat` is not Passed; nullopt if Passed or not checked
  std::string attest;                             ///< "A": the signer knows the caller, who may use this number; "" if absent
  std::string origid;
};
/// Returns "TN-Validation-Passed" and similar, as written in a From or P-Asserted-Identity.
[[nodiscard]] std::string_view to_string(CallerIdentity::Verstat verstat);
/// Returns "passed", "failed", "absent"; "" if the call was not checked.
[[nodiscard]] std::string_view word_for(const CallerIdentity& identity);
/// Returns true if the signer confirms that the caller may use the number: `verstat` is Passed, and the SHAKEN attestation, if
/// there is one, is "A". With "B" the signer knows the caller but not the right to the number; with "C" it knows neither:
/// RFC 8588 section 4.
[[nodiscard]] bool proves_number(const CallerIdentity& identity);

}  // namespace offhook::inline v0::sip
