#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxReasons = 8;       ///< per message; further ones are ignored
inline constexpr std::size_t kMaxReasonText = 256;  ///< octets of one text; longer texts are cut

/// The reason for a request: `SIP;cause=200;text="Call completed elsewhere"`, `Q.850;cause=16`. RFC 3326 section 2.
struct Reason {
  std::string protocol = "SIP";
  std::optional<std::uint16_t> cause;
  std::string text;  ///< safe to show
  friend bool operator==(const Reason&, const Reason&) = default;
};

/// Parses a Reason value. Errors: BadParameter (the protocol is missing or is not a token), BadNumber (a cause that is not a
/// number), BadQuotedString.
[[nodiscard]] base::Result<Reason, ParseError> parse_reason(std::string_view value);
/// Returns all valid Reasons in order, at most kMaxReasons.
[[nodiscard]] std::vector<Reason> reasons_of(const Message& message);
[[nodiscard]] std::string to_string(const Reason& reason);

}  // namespace offhook::inline v0::sip
