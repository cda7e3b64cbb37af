#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/base/time.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::azure {

/// Where Azure's speech service is asked, and with which key.
struct Server {
  std::string region;        ///< "westeurope": the public hosts of it
  std::string endpoint;      ///< "https://..." instead of them: a resource's own host, or a container; may end in '/'
  config::Secret key;        ///< none: no header, as a container wants it
  base::Duration connect_limit = std::chrono::seconds(3);
};

enum class Service : std::uint8_t { Recognition, Synthesis };

/// "https://westeurope.stt.speech.microsoft.com" and `path`, which begins with '/'. Regions of China and of the government of the
/// United States have domains of their own.
[[nodiscard]] std::string url_of(const Server& server, Service service, std::string_view path);
/// A request with its headers; its body is the caller's to fill.
[[nodiscard]] net::HttpRequest request_to(const Server& server, Service service, std::string_view path);
/// `connection_id`: 32 hexadecimal digits, by which Azure's support finds a connection.
[[nodiscard]] net::WebSocketRequest socket_to(const Server& server, Service service, std::string_view path, std::string_view connection_id);

}  // namespace offhook::inline v0::agent::azure
