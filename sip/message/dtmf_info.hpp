#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace offhook::inline v0::sip {

/// A key press that an INFO request reports in one of two formats without a standard. These are `application/dtmf-relay` with
/// `Signal=5` and `Duration=160`, and `application/dtmf` with the digit alone.
struct DtmfInfo {
  char digit = '0';                 ///< 0-9, *, #, A-D
  std::uint32_t duration_ms = 250;  ///< in ms, at most kMaxDtmfDuration
  friend bool operator==(const DtmfInfo&, const DtmfInfo&) = default;
};
inline constexpr std::uint32_t kMaxDtmfDuration = 5000;

/// Parses the body of an INFO. Returns nullopt for any other content type, or if the body names no key. `content_type` must be in
/// lower case, without parameters.
[[nodiscard]] std::optional<DtmfInfo> parse_dtmf_info(std::string_view content_type, std::string_view body);

}  // namespace offhook::inline v0::sip
