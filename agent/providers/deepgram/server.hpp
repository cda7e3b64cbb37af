#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/support/secret.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

/// The address and the key of Deepgram, or of an operator's own server with the same interface.
struct Server {
  enum class Auth : std::uint8_t { Token, Bearer };  ///< Token: an API key; Bearer: a temporary token
  std::string base_url = "https://api.deepgram.com";
  Secret key;                                ///< empty: requests have no header with a key
  Auth auth = Auth::Token;
  base::Duration connect_limit = std::chrono::seconds(3);
};

/// The query of a URL, with each value escaped.
class Query {
 public:
  Query& add(std::string_view name, std::string_view value);
  /// Adds the flag if `value` is true. At the server, all flags are off by default.
  Query& flag(std::string_view name, bool value) { return value ? add(name, "true") : *this; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

inline constexpr std::size_t kMaxFrame = 1U << 20U;  ///< longest message that a server may send, in octets

/// Returns the URL of a request. `path` begins with '/'; the base URL may end with one.
[[nodiscard]] std::string url_of(const Server& server, std::string_view path, const Query& query);
/// Returns an HTTP request with its headers, but without a body.
[[nodiscard]] net::HttpRequest request_to(const Server& server, std::string_view path, const Query& query);
[[nodiscard]] net::WebSocketRequest socket_to(const Server& server, std::string_view path, const Query& query);

/// Describes why a socket did not open, or has closed. If `retry_in` is set, another socket may help. `why` contains only numbers and names from the
/// server (`dg-error` if it is a name, `dg-request-id`, the code in a close frame's reason), never its sentences.
[[nodiscard]] RequestFailure failure_of(std::string_view whom, const net::WebSocketClosed& closed);

}  // namespace offhook::inline v0::agent::deepgram
