#pragma once

#include <offhook/agent/support/secret.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools::mcp {

/// Returns a JSON Web Token that authenticates a client, signed by ES256: RFC 7523 section 3, RFC 7519. It is valid for five minutes from
/// `unix_seconds`. `unique` must be different in each token. Returns nullopt if `private_key` is not a P-256 key in PEM.
[[nodiscard]] std::optional<std::string> client_assertion(const Secret& private_key, std::string_view client_id,
                                                          std::string_view audience, std::int64_t unix_seconds,
                                                          std::string_view unique);

}  // namespace offhook::inline v0::agent::tools::mcp
