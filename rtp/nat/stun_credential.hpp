#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::rtp {

/// A name and a password at a TURN server, which may be limited in time. Never log the password.
/// Deviation: the client does not apply RFC 8265 (OpaqueString). Both texts are UTF-8, and the client uses them unchanged.
struct StunCredential {
  std::string username, password;
};

/// Returns a time-limited credential for a server that shares `secret` with the application ("TURN REST API", `use-auth-secret` of coturn). Its username is
/// `expires_at:name`; its password is the base64 text of HMAC-SHA1(secret, username).
/// expires_at  seconds since 1970-01-01 UTC
[[nodiscard]] StunCredential time_limited_credential(std::string_view secret, std::string_view name, std::int64_t expires_at);

}  // namespace offhook::inline v0::rtp
