#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::media {

enum class CodecError : std::uint8_t {
  OutputTooSmall,
  OddInput,         ///< an odd number of samples for G.722, or of octets for L16; both need pairs
  BadFrame,         ///< the input does not last 2.5, 5, 10, 20, 40 or 60 ms, the durations of Opus frames
  BadPayload,       ///< the payload is not an Opus packet, or is longer than kMaxOpusPayload
};
[[nodiscard]] constexpr std::string_view to_string(CodecError error) {
  switch (error) {
    case CodecError::OutputTooSmall: return "the output has too little space";
    case CodecError::OddInput: return "the input does not consist of pairs of samples or octets";
    case CodecError::BadFrame: return "the input does not have the duration of an Opus frame";
    case CodecError::BadPayload: return "the payload is not an Opus packet";
  }
  return "unknown";
}

}  // namespace offhook::inline v0::media
