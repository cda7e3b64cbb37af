#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/model/identity_error.hpp>

#include <cstddef>
#include <string_view>

namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxIdentityBytes = 8192;  ///< per Identity header field

/// An Identity header field: RFC 8224 section 4. Borrows from the value.
struct IdentityHeader {
  std::string_view token;  ///< the PASSporT as sent
  std::string_view info;   ///< URI of its certificate, without the <>
  std::string_view alg;    ///< "" if absent, which means ES256
  std::string_view ppt;    ///< the extension, without quotes; "" if absent
};

/// Parses an Identity value. Error: BadHeader (no token, no `info=<...>`, a repeated parameter, over kMaxIdentityBytes).
[[nodiscard]] base::Result<IdentityHeader, IdentityError> parse_identity(std::string_view value);

}  // namespace offhook::inline v0::sip
