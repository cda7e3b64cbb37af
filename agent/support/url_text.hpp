#pragma once

#include <string>
#include <string_view>

/// Functions for URLs.
namespace offhook::inline v0::agent {

/// Returns the text for a part of a URL: every octet except the unreserved characters (RFC 3986 section 2.3) becomes %XX.
[[nodiscard]] std::string percent_encoded(std::string_view value);
/// Returns the URL of a WebSocket: changes http to ws and https to wss, and removes slashes at the end.
[[nodiscard]] std::string socket_url(std::string_view url);

/// Returns the host in lower case; "" when the text is not a URL.
[[nodiscard]] std::string host_of_url(std::string_view url);
/// Returns the part after "https://host:port"; "" when there is none. It borrows from `url`.
[[nodiscard]] std::string_view path_of_url(std::string_view url);

}  // namespace offhook::inline v0::agent
