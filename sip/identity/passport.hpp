#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/identity/es256.hpp>
#include <offhook/sip/model/identity_error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxPassportIdentities = 16;  ///< most identities in `dest`
inline constexpr std::size_t kMaxJsonDepth = 4;            ///< most levels of the header and of the payload; no known form is deeper

/// The content of a PASSporT: the signer's claims about a call. RFC 8225 section 5, RFC 8588 section 4.
struct Passport {
  std::string x5u;                    ///< URI of the certificate
  std::string ppt;                    ///< "shaken", or "" for none
  std::int64_t iat = 0;               ///< seconds since 1970
  std::string orig_tn, orig_uri;      ///< exactly one of the two is set
  std::vector<std::string> dest_tn, dest_uri;
  std::string attest;                 ///< for shaken: "A", "B" or "C"
  std::string origid;                 ///< for shaken: a UUID that the signer chose

  friend bool operator==(const Passport&, const Passport&) = default;
};

/// Returns the text to sign: header and payload in canonical form, each in base64url, joined by a dot. RFC 8225 section 9.
[[nodiscard]] std::string signing_input(const Passport& passport);
/// Returns the signed token: RFC 8225 section 6. Returns "" if the key is not for ES256.
[[nodiscard]] std::string sign(const Passport& passport, const SigningKey& key);

/// Parses the full form of a token without checking its signature. Errors: BadToken, Unsupported.
[[nodiscard]] base::Result<Passport, IdentityError> parse_passport(std::string_view token);
/// Returns true if `key` made the token's signature.
[[nodiscard]] bool is_signed_by(std::string_view token, const VerifyingKey& key);

}  // namespace offhook::inline v0::sip
