#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/base/time.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai {

/// Where a service of OpenAI, or one that speaks like it, is asked.
struct Server {
  enum class Auth : std::uint8_t { Bearer, ApiKey };  ///< ApiKey: the header `api-key`, as Azure has it
  std::string base_url = "https://api.openai.com/v1";
  config::Secret key;                                 ///< none: no header, as servers of one's own allow
  Auth auth = Auth::Bearer;
  std::string organization, project;                  ///< "": no header
  std::string query;                                  ///< such as "api-version=2025-04-01-preview"
  base::Duration connect_limit = std::chrono::seconds(3);
};

/// `path` begins with '/'. A base URL may end in one, too.
[[nodiscard]] std::string url_of(const Server& server, std::string_view path);
/// A request with its headers; its body is the caller's to fill.
[[nodiscard]] net::HttpRequest request_to(const Server& server, std::string_view path);

}  // namespace offhook::inline v0::agent::openai
