#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::agent {

/// Returns the CRC-32C (Castagnoli) by RFC 3720 appendix B.4. Readers of files detect incomplete or changed lines with it.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);

}  // namespace offhook::inline v0::agent
