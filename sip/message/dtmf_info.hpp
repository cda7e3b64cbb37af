#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace offhook::inline v0::sip {

/// A key that was pressed, told by INFO in one of the ways that were never written down: `application/dtmf-relay` with
/// `Signal=5` and `Duration=160`, or `application/dtmf` with the digit alone.
struct DtmfInfo {
  char digit = '0';                 ///< 0-9, *, #, A-D
  std::uint32_t duration_ms = 250;  ///< At most kMaxDtmfDuration
  friend bool operator==(const DtmfInfo&, const DtmfInfo&) = default;
};
inline constexpr std::uint32_t kMaxDtmfDuration = 5000;

/// Nothing when the type is neither of the two, or the body no key. `content_type` in lower case, without parameters.
[[nodiscard]] std::optional<DtmfInfo> parse_dtmf_info(std::string_view content_type, std::string_view body);

}  // namespace offhook::inline v0::sip
