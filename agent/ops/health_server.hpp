#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>

#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// What a supervisor may know: `ready` decides between 200 and 503, `text` is a small JSON object.
struct Health {
  bool ready = false;
  std::string text;
};

/// Answers GET /healthz (200 while the process lives) and GET /readyz (200 or 503) on its own thread. Anything else is 404 or 405.
/// Bounds: connections at once, bytes of a request, time for it (health_server.cpp).
class HealthServer {
 public:
  /// `report` is called on the server's thread. Errors: domain "health", with the address and what to do.
  [[nodiscard]] static base::Result<std::unique_ptr<HealthServer>, base::Error> open(const base::SocketAddress& local,
                                                                                     std::function<Health()> report);
  virtual ~HealthServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::inline v0::agent
