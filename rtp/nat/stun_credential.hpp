#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::rtp {

/// A name and a password at a server of TURN, or a time-limited pair of both. Never log the password.
/// Deviation: RFC 8265 (OpaqueString) is not applied. Both texts are UTF-8, and are used as they are.
struct StunCredential {
  std::string username, password;
};

/// Returns the credential that a server accepts which shares `secret` with the application ("TURN REST API", `use-auth-secret` of coturn): the name is
/// `expires_at:name`, the password is the base64 text of HMAC-SHA1(secret, name).
/// expires_at  seconds since 1970-01-01 UTC
[[nodiscard]] StunCredential time_limited_credential(std::string_view secret, std::string_view name, std::int64_t expires_at);

}  // namespace offhook::inline v0::rtp
