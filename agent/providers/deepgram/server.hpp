#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

/// Where Deepgram, or a server of one's own that speaks like it, is asked.
struct Server {
  enum class Auth : std::uint8_t { Token, Bearer };  ///< Token: an API key; Bearer: a temporary token
  std::string base_url = "https://api.deepgram.com";
  config::Secret key;                                ///< none: no header
  Auth auth = Auth::Token;
  base::Duration connect_limit = std::chrono::seconds(3);
};

/// What stands behind the '?' of an address, each value escaped.
class Query {
 public:
  Query& add(std::string_view name, std::string_view value);
  Query& flag(std::string_view name, bool value) { return value ? add(name, "true") : *this; }  ///< all of them are off by default
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

inline constexpr std::size_t kMaxFrame = 1U << 20U;  ///< octets of a message that a server may send

/// `path` begins with '/'. A base URL may end in one, too.
[[nodiscard]] std::string url_of(const Server& server, std::string_view path, const Query& query);
/// A request with its headers; its body is the caller's to fill.
[[nodiscard]] net::HttpRequest request_to(const Server& server, std::string_view path, const Query& query);
[[nodiscard]] net::WebSocketRequest socket_to(const Server& server, std::string_view path, const Query& query);

/// Why a socket never opened, or is no more. `retry_in`: another may be opened at once. `why` shows numbers and names of the server's
/// (`dg-error` when it is one, `dg-request-id`, the code in a close frame's reason), never its sentences.
[[nodiscard]] RequestFailure failure_of(std::string_view whom, const net::WebSocketClosed& closed);

}  // namespace offhook::inline v0::agent::deepgram
