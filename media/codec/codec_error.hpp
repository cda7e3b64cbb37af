#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::media {

enum class CodecError : std::uint8_t {
  OutputTooSmall,
  OddInput,         ///< an odd number of samples for G.722, or of octets for L16; both need pairs
  BadFrame,         ///< not 2.5, 5, 10, 20, 40 or 60 ms, the durations of Opus frames
  BadPayload,       ///< not an Opus packet, or longer than kMaxOpusPayload
};
[[nodiscard]] constexpr std::string_view to_string(CodecError error) {
  switch (error) {
    case CodecError::OutputTooSmall: return "output too small";
    case CodecError::OddInput: return "odd input";
    case CodecError::BadFrame: return "no duration of an Opus frame";
    case CodecError::BadPayload: return "not an Opus packet";
  }
  return "unknown";
}

}  // namespace offhook::inline v0::media
