#pragma once

#include <string>
#include <string_view>

/// Addresses of providers, put together.
namespace offhook::inline v0::agent {

/// A value in a query: RFC 3986 section 3.4, with all but unreserved characters escaped.
[[nodiscard]] std::string query_value(std::string_view value);
/// http to ws, https to wss; without slashes at the end.
[[nodiscard]] std::string socket_url(std::string_view url);

}  // namespace offhook::inline v0::agent
