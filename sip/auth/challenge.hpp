#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/auth/auth_error.hpp>
#include <offhook/sip/auth/digest.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxChallenges = 8;       ///< challenges of any scheme in one response
inline constexpr std::size_t kMaxRealmBytes = 256;
inline constexpr std::size_t kMaxNonceBytes = 1024;
inline constexpr std::size_t kMaxOpaqueBytes = 1024;
inline constexpr std::size_t kMaxDomainBytes = 1024;

/// One Digest challenge (RFC 3261 section 20.44, RFC 7616 section 3.3). Quoted values are without their quotes, but keep their
/// quoted pairs: that form is hashed (`unq`) and echoed. Owns its text.
struct Challenge {
  bool proxy = false;             ///< true: Proxy-Authenticate; false: WWW-Authenticate
  std::string realm;
  std::string nonce;
  std::string opaque;
  std::string domain;
  Algorithm algorithm = Algorithm::Md5;
  bool algorithm_known = true;    ///< false: an algorithm that we do not support
  bool algorithm_given = false;   ///< false: absent, which means MD5
  bool has_opaque = false;
  bool has_qop = false;           ///< false: as in RFC 2069
  bool qop_auth = false;          ///< the list contains `auth`
  bool qop_auth_int = false;      ///< the list contains `auth-int`
  bool stale = false;
};

/// Takes the first challenge off a header value; `rest` then starts at the next one. RFC 3261 requires one per line, but some
/// peers send a list. Returns nullopt for a scheme other than Digest. Errors: BadChallenge, TooLarge.
[[nodiscard]] base::Result<std::optional<Challenge>, AuthError> take_challenge(std::string_view& rest);

/// Returns all Digest challenges of a response in order, from all WWW-Authenticate and Proxy-Authenticate lines. Skips a broken
/// line if another one is valid. Errors: NoChallenge, TooManyChallenges, and those of take_challenge.
[[nodiscard]] base::Result<std::vector<Challenge>, AuthError> parse_challenges(const Message& response);

/// Returns one value of `name=value, name="value"`, as in Authentication-Info, without its quotes. Borrows from `list`.
[[nodiscard]] std::optional<std::string_view> find_auth_parameter(std::string_view list, std::string_view name);

}  // namespace offhook::inline v0::sip
