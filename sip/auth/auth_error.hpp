#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

/// The reason why a challenge is not answered.
enum class AuthError : std::uint8_t {
  NoChallenge,        // a 401 or 407 without a Digest challenge, or another status
  BadChallenge,       // cannot be parsed: no realm, no nonce, broken quoting
  TooLarge,           // a realm, nonce, opaque or domain over its bound
  TooManyChallenges,  // over kMaxChallenges in one response
  Unsupported,        // only algorithms or qop values that we do not support
  OtherRealm,         // only realms for which these credentials are not valid
  Weakened,           // the realm required a stronger algorithm, or qop, before (RFC 8760 section 2.4)
  WrongCredentials,   // the server refused our answer
  HashUnavailable,    // the cryptographic library refuses the algorithm
};

[[nodiscard]] std::string_view to_string(AuthError error);

}  // namespace offhook::inline v0::sip
