#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::agent::records {

/// CRC-32C (Castagnoli), as in RFC 3720 appendix B.4: tells a line that was cut or changed from a whole one.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);

}  // namespace offhook::inline v0::agent::records
