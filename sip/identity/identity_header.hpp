#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/identity/identity_error.hpp>

#include <cstddef>
#include <string_view>

namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxIdentityBytes = 8192;  ///< Of one Identity header field.

/// An Identity header field: RFC 8224 section 4. Borrows from the value.
struct IdentityHeader {
  std::string_view token;  ///< the PASSporT as it stands
  std::string_view info;   ///< where its certificate is, without the <>
  std::string_view alg;    ///< "" when absent: ES256
  std::string_view ppt;    ///< the extension, without quotes; "" when there is none
};

/// Errors: BadHeader (no token, no `info=<...>`, a parameter twice, over kMaxIdentityBytes).
[[nodiscard]] base::Result<IdentityHeader, IdentityError> parse_identity(std::string_view value);

}  // namespace offhook::inline v0::sip
