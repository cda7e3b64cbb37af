#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What one side of a WebSocket handshake asks of the other.
namespace offhook::inline v0::sip::detail {

/// Whether a Sec-WebSocket-Protocol field lists "sip": RFC 7118 section 4.1, RFC 6455 section 11.3.4.
[[nodiscard]] bool offers_sip(std::string_view protocols);

/// Whether a page of that origin may connect: RFC 6455 section 10.2. Scheme, host and port are compared as a whole, in whatever
/// case; "*" allows each. "null", which a browser sends for a page without an origin, is allowed by that name or by "*".
[[nodiscard]] bool may_come_from(std::string_view origin, const std::vector<std::string>& allowed);

/// `pbx.example.com:8080`, `[2001:db8::1]`; the port only where it is not the one that the scheme implies: RFC 6455 section 4.1.
[[nodiscard]] std::string host_field(std::string_view name, std::uint16_t port, bool secure);

/// RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF. What is not goes as a binary message: RFC 7118 section 4.2.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace offhook::inline v0::sip::detail
