#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::media {

enum class CodecError : std::uint8_t {
  OutputTooSmall,
  OddInput,         ///< G.722 codes samples in pairs
};
[[nodiscard]] constexpr std::string_view to_string(CodecError error) {
  return error == CodecError::OutputTooSmall ? "output too small" : "odd number of samples";
}

}  // namespace offhook::inline v0::media
