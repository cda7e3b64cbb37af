#include <offhook/sip/auth/auth_error.hpp>

namespace offhook::inline v0::sip {

std::string_view to_string(AuthError error) {
  switch (error) {
    case AuthError::NoChallenge: return "no digest challenge in the response";
    case AuthError::BadChallenge: return "the digest challenge cannot be read";
    case AuthError::TooLarge: return "a value in the digest challenge is too long";
    case AuthError::TooManyChallenges: return "too many challenges in one response";
    case AuthError::Unsupported: return "no algorithm and qop on offer that we speak";
    case AuthError::OtherRealm: return "a challenge for another realm than the credentials are for";
    case AuthError::Weakened: return "a weaker challenge than this realm sent before";
    case AuthError::WrongCredentials: return "wrong user name or password";
    case AuthError::HashUnavailable: return "the hash algorithm is switched off on this system";
  }
  return "";
}

}  // namespace offhook::inline v0::sip
