#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/identity/es256.hpp>
#include <offhook/sip/identity/identity_error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxPassportIdentities = 16;  ///< In `dest`.
inline constexpr std::size_t kMaxJsonDepth = 4;            ///< Of a PASSporT's two objects; more is none that we know.

/// Who signs for which call: RFC 8225 section 5, RFC 8588 section 4.
struct Passport {
  std::string x5u;                    ///< where the certificate is
  std::string ppt;                    ///< "shaken", or "" for none
  std::int64_t iat = 0;               ///< seconds since 1970
  std::string orig_tn, orig_uri;      ///< one of both
  std::vector<std::string> dest_tn, dest_uri;
  std::string attest;                 ///< shaken: "A", "B" or "C"
  std::string origid;                 ///< shaken: a UUID of who signs

  friend bool operator==(const Passport&, const Passport&) = default;
};

/// Header and payload in their canonical form, in base64url, with a dot between: what is signed. RFC 8225 section 9.
[[nodiscard]] std::string signing_input(const Passport& passport);
/// The whole token: RFC 8225 section 6. Nothing when the key is none for ES256.
[[nodiscard]] std::string sign(const Passport& passport, const SigningKey& key);

/// The full form of a token without a look at its signature. Errors: BadToken, Unsupported.
[[nodiscard]] base::Result<Passport, IdentityError> parse_passport(std::string_view token);
/// Whether its signature is that key's.
[[nodiscard]] bool is_signed_by(std::string_view token, const VerifyingKey& key);

}  // namespace offhook::inline v0::sip
