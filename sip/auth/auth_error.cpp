#include <offhook/sip/auth/auth_error.hpp>

namespace offhook::inline v0::sip {

std::string_view to_string(AuthError error) {
  switch (error) {
    case AuthError::NoChallenge: return "the response has no digest challenge";
    case AuthError::BadChallenge: return "the digest challenge is malformed";
    case AuthError::TooLarge: return "a value in the digest challenge is too long";
    case AuthError::TooManyChallenges: return "the response has too many challenges";
    case AuthError::Unsupported: return "the challenge has no algorithm and qop that Offhook supports";
    case AuthError::OtherRealm: return "the challenge is for another realm than the credentials";
    case AuthError::Weakened: return "the challenge is weaker than an earlier challenge of this realm";
    case AuthError::WrongCredentials: return "the user name or the password is wrong";
    case AuthError::HashUnavailable: return "this system has switched off the hash algorithm";
  }
  return "";
}

}  // namespace offhook::inline v0::sip
