#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The checks of a WebSocket handshake.
namespace offhook::inline v0::sip::detail {

/// Returns true if a Sec-WebSocket-Protocol field lists "sip": RFC 7118 section 4.1, RFC 6455 section 11.3.4.
[[nodiscard]] bool offers_sip(std::string_view protocols);

/// Returns true if a page of that origin may connect: RFC 6455 section 10.2. Compares scheme, host and port as a whole, in any
/// case; "*" allows all origins. A browser sends "null" for a page without an origin; "null" or "*" in the list allows it.
[[nodiscard]] bool may_come_from(std::string_view origin, const std::vector<std::string>& allowed);

/// Returns the Host field: `pbx.example.com:8080`, `[2001:db8::1]`. Omits the scheme's default port: RFC 6455 section 4.1.
[[nodiscard]] std::string host_field(std::string_view name, std::uint16_t port, bool secure);

/// Returns true for valid UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF. Other text is sent as a
/// binary message: RFC 7118 section 4.2.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace offhook::inline v0::sip::detail
