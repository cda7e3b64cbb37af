#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

/// Why an Identity header field, or the token in it, is not believed; beside each the answer of RFC 8224 section 6.2.2, for who wants
/// to refuse the call.
enum class IdentityError : std::uint8_t {
  Absent,          // 428: there is none
  BadHeader,       // 438: no token, no info parameter, or over a bound
  BadToken,        // 438: no three parts in base64url, or no JSON that we could read
  Unsupported,     // 438: another algorithm, an extension that we do not know, or the compact form
  NoCertificate,   // 436: nobody has the certificate that it names
  BadCertificate,  // 437: no key on the curve P-256, or expired
  BadSignature,    // 438
  Stale,           // 403: older or younger than allowed
  Mismatch,        // 438: it is for another caller or another callee
  Replayed,        // 438: another call was believed by it
};

[[nodiscard]] std::string_view to_string(IdentityError error);
[[nodiscard]] int status_of(IdentityError error);

}  // namespace offhook::inline v0::sip
