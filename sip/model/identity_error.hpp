#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

/// The reason to distrust an Identity header field or its token. Each has the response status of RFC 8224 section 6.2.2, for an
/// application that refuses the call.
enum class IdentityError : std::uint8_t {
  Absent,          // 428: the header field is missing
  BadHeader,       // 438: no token, no info parameter, or over a bound
  BadToken,        // 438: not three parts in base64url, or JSON that cannot be read
  Unsupported,     // 438: another algorithm, an unknown extension, or the compact form
  NoCertificate,   // 436: the certificate that the field names is not available
  BadCertificate,  // 437: the certificate has no key on the curve P-256, or has expired
  BadSignature,    // 438
  Stale,           // 403: too old, or too far in the future
  Mismatch,        // 438: the token is for another caller or another callee
  Replayed,        // 438: another call was accepted with the same token
};

[[nodiscard]] std::string_view to_string(IdentityError error);
[[nodiscard]] int status_of(IdentityError error);

}  // namespace offhook::inline v0::sip
