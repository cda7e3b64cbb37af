#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/support/secret.hpp>
#include <offhook/base/time.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::azure {

/// The address of an Azure Speech service, and its key.
struct Server {
  std::string region;        ///< selects the public hosts of a region: "westeurope"
  std::string endpoint;      ///< "https://..." instead of a region: a resource's own host, or a container; may end in '/'
  Secret key;        ///< empty: requests have no header with a key, because a container needs none
  base::Duration connect_limit = std::chrono::seconds(3);
};

enum class Service : std::uint8_t { Recognition, Synthesis };

/// Returns "https://westeurope.stt.speech.microsoft.com" followed by `path`, which begins with '/'. Regions of China and of the
/// government of the United States have domains of their own.
[[nodiscard]] std::string url_of(const Server& server, Service service, std::string_view path);
/// Returns an HTTP request with its headers, but without a body.
[[nodiscard]] net::HttpRequest request_to(const Server& server, Service service, std::string_view path);
/// Returns the request for a WebSocket. `connection_id`: 32 hexadecimal digits, by which Azure's support can find the connection.
[[nodiscard]] net::WebSocketRequest socket_to(const Server& server, Service service, std::string_view path, std::string_view connection_id);

}  // namespace offhook::inline v0::agent::azure
