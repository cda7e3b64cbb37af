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

/// All HTTP that the agent asks, without a word of how: the edge is libcurl, the tests' is a list.
namespace offhook::inline v0::agent::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of an authorization header for "user:password": RFC 7617 section 2.
[[nodiscard]] std::string basic_authorization(std::string_view user_and_password);

/// One part of a multipart/form-data body.
struct FormPart {
  std::string name;
  std::string content;
  std::string file_name;     ///< "": a plain field
  std::string content_type;  ///< "": none given
};

struct HttpRequest {
  std::string method = "POST";
  std::string url;
  Headers headers;
  std::string body;
  std::vector<FormPart> form;      ///< when not empty it is the body
  base::Duration connect_limit = std::chrono::seconds(3);
  base::Duration total_limit = std::chrono::seconds(60);
  std::size_t max_body = 16U << 20U;  ///< of the answer; one octet more fails it
  bool at_most_once = false;  ///< on a connection of its own: on a kept one that died, it might be sent a second time
};

/// How a transfer ended without an answer, or in the middle of one.
struct NetError {
  enum class What : std::uint8_t { Refused, NotFound, Timeout, Tls, Closed, TooLarge, Protocol, Local };
  What what{};
  std::string detail;  ///< for people; no secret, no body
};

struct HttpHead {
  int status = 0;
  Headers headers;  ///< names in lower case
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// What comes of one request, in this order: on_head once, on_body any number of times, on_end once. on_end may come alone.
struct HttpHandler {
  std::function<void(const HttpHead&)> on_head;
  std::function<void(std::string_view bytes)> on_body;
  std::function<void(std::optional<NetError>)> on_end;
};

/// A running request. Destroying it aborts it: its handlers are called no more.
class HttpTransfer {
 public:
  virtual ~HttpTransfer() = default;
};

/// Used from one thread, on which the handlers are called too: never from within start(). Connections are kept and shared.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  [[nodiscard]] virtual std::unique_ptr<HttpTransfer> start(HttpRequest request, HttpHandler handler) = 0;
  /// Opens a connection to the server of `url` ahead, so that the first request does not wait for TCP and TLS.
  virtual void warm(const std::string& url) = 0;
  /// Carries out a request and ignores its answer. Destroying the client aborts it.
  virtual void send_off(HttpRequest request) = 0;
};

}  // namespace offhook::inline v0::agent::net
