#pragma once

#include <offhook/agent/config/secret.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools::mcp {

/// A JSON Web Token by which a client proves who it is, signed by ES256: RFC 7523 section 3, RFC 7519. It is good for five
/// minutes from `unix_seconds` on; `unique` must not come twice. Nothing: `private_key` is no key on P-256 in PEM.
[[nodiscard]] std::optional<std::string> client_assertion(const config::Secret& private_key, std::string_view client_id,
                                                          std::string_view audience, std::int64_t unix_seconds,
                                                          std::string_view unique);

}  // namespace offhook::inline v0::agent::tools::mcp
