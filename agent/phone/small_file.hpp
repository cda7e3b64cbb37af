#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <string>

namespace offhook::inline v0::phone {

inline constexpr std::size_t kMaxIdentityFile = 64U << 10U;  ///< octets of a file of IdentityOptions

/// Reads a file. Errors (PhoneError::Identity): it cannot be read, or is larger than kMaxIdentityFile.
[[nodiscard]] base::Result<std::string, base::Error> read_small_file(const std::string& path);

}  // namespace offhook::inline v0::phone
