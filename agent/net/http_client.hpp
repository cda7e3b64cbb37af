#pragma once

#include <offhook/base/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The interface for all HTTP requests of the agent, without transport details. libcurl implements it in production, and a list of prepared responses
/// in tests.
namespace offhook::inline v0::agent::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Returns the value of an authorization header for "user:password": RFC 7617 section 2.
[[nodiscard]] std::string basic_authorization(std::string_view user_and_password);

/// One part of a multipart/form-data body.
struct FormPart {
  std::string name;
  std::string content;
  std::string file_name;     ///< "": a plain field
  std::string content_type;  ///< "": not given
};

struct HttpRequest {
  std::string method = "POST";
  std::string url;
  Headers headers;
  std::string body;
  std::vector<FormPart> form;      ///< if it is not empty, the body consists of these parts
  base::Duration connect_limit = std::chrono::seconds(3);
  base::Duration total_limit = std::chrono::seconds(60);
  std::size_t max_body = 16U << 20U;  ///< maximum octets of the response body; a larger body fails the request
  bool at_most_once = false;  ///< true: uses a new connection, because libcurl repeats a request if it finds a kept connection closed
};

/// The reason why a transfer ended before its response was complete.
struct NetError {
  enum class What : std::uint8_t { Refused, NotFound, Timeout, Tls, Closed, TooLarge, Protocol, Local };
  What what{};
  std::string detail;  ///< text for people; contains no secret and no body
};

struct HttpHead {
  int status = 0;
  Headers headers;  ///< names in lower case
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// The callbacks of one request, in this order: on_head once, on_body any number of times, on_end once. A failed request may call only on_end.
struct HttpHandler {
  std::function<void(const HttpHead&)> on_head;
  std::function<void(std::string_view bytes)> on_body;
  std::function<void(std::optional<NetError>)> on_end;
};

/// A running request. Destroying it aborts the request: its handlers are not called any more.
class HttpTransfer {
 public:
  virtual ~HttpTransfer() = default;
};

/// Sends HTTP requests, and keeps and shares connections. Use the client from one thread. It calls the handlers on the same thread, but never from
/// within start().
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  [[nodiscard]] virtual std::unique_ptr<HttpTransfer> start(HttpRequest request, HttpHandler handler) = 0;
  /// Opens a connection to the server of `url` in advance, so that the first request does not wait for TCP and TLS.
  virtual void warm(const std::string& url) = 0;
  /// Sends a request and ignores its response. Destroying the client aborts the request.
  virtual void send_off(HttpRequest request) = 0;
};

}  // namespace offhook::inline v0::agent::net
