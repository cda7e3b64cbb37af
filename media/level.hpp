#pragma once

#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// Power of the samples in dBov, rounded: 0 is a full-scale square wave, a full-scale sine is -3, silence (and nothing) is -127.
/// RFC 6464 section 3 and RFC 6465 count the same way, with the sign left out.
[[nodiscard]] std::int16_t level_dbov(std::span<const std::int16_t> pcm) noexcept;

}  // namespace offhook::inline v0::media
