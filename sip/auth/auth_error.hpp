#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

/// Why a challenge is not, or cannot be, answered.
enum class AuthError : std::uint8_t {
  NoChallenge,        // a 401 or 407 without any Digest challenge, or not a 401 or 407 at all
  BadChallenge,       // not parsable: no realm, no nonce, broken quoting
  TooLarge,           // a realm, nonce, opaque or domain over its bound
  TooManyChallenges,  // over kMaxChallenges in one response
  Unsupported,        // only algorithms or qop values that we do not speak
  OtherRealm,         // only realms that these credentials are not for
  Weakened,           // this realm asked for a stronger algorithm before (RFC 8760 section 2.4), or for qop
  WrongCredentials,   // our answer was refused
  HashUnavailable,    // the cryptographic library refuses the algorithm
};

[[nodiscard]] std::string_view to_string(AuthError error);

}  // namespace offhook::inline v0::sip
