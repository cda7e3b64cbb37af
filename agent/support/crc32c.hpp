#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::agent {

/// Returns the CRC-32C (Castagnoli) by RFC 3720 appendix B.4. It detects lines that were cut or changed.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);

}  // namespace offhook::inline v0::agent
