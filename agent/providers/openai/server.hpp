#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/support/secret.hpp>
#include <offhook/base/time.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai {

/// The address and the key of a service of OpenAI, or of one with the same interface.
struct Server {
  enum class Auth : std::uint8_t { Bearer, ApiKey };  ///< ApiKey: the header `api-key`, for Azure
  std::string base_url = "https://api.openai.com/v1";
  Secret key;                                 ///< empty: requests have no header with a key
  Auth auth = Auth::Bearer;
  std::string organization, project;                  ///< "": requests have no such header
  std::string query;                                  ///< added to each URL, such as "api-version=2025-04-01-preview"
  base::Duration connect_limit = std::chrono::seconds(3);
};

/// Returns the URL of a request. `path` begins with '/'; the base URL may end with one.
[[nodiscard]] std::string url_of(const Server& server, std::string_view path);
/// Returns an HTTP request with its headers, but without a body.
[[nodiscard]] net::HttpRequest request_to(const Server& server, std::string_view path);

}  // namespace offhook::inline v0::agent::openai
