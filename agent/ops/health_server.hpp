#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// The health report for a supervisor: `ready` selects the status 200 or 503, `text` is a small JSON object.
struct Health {
  bool ready = false;
  std::string text;
};

/// The result of a request that changes something: an HTTP status, and a small JSON object.
struct HealthReply {
  unsigned status = 200;
  std::string text;
};

/// The functions that produce the pages. The server calls them on its thread. It does not serve a page whose function is empty.
struct HealthPages {
  std::function<Health()> ready;           ///< GET /readyz
  std::function<std::string()> calls = {};    ///< GET /calls: the connected calls, as JSON
  std::function<std::string()> metrics = {};  ///< GET /metrics: the text format of Prometheus, 0.0.4
  /// POST /calls/ID/recording/pause, or resume
  std::function<HealthReply(const std::string& call, bool paused)> pause_recording = {};
  /// The bearer token (RFC 6750 section 2.1). A request without it gets /healthz, only "ready" of /readyz, and 401 for every other page. "": no
  /// request needs a token.
  std::string token = {};
};

inline constexpr std::chrono::milliseconds kHeaderLimit{1000};

/// Serves GET /healthz (200 while the process lives), GET /readyz (200 or 503) and the other pages on its own thread. Any other request gets 404 or 405.
/// The server refuses a changing request (403) that comes from a page in a browser, because any site could have made that page. On a loopback address
/// it refuses a request for another host (421), unless the request carries the token. A request without a host, or with two, gets 400.
/// Bounds the number of connections (a new connection replaces the oldest), the octets of a request, and the time for a response (health_server.cpp).
class HealthServer {
 public:
  /// Opens the port. The server closes a connection whose header is not complete after `header_limit` from the start of the connection. The error has
  /// the domain "health", the address and a remedy.
  [[nodiscard]] static base::Result<std::unique_ptr<HealthServer>, base::Error> open(const base::SocketAddress& local, HealthPages pages,
                                                                                     std::chrono::milliseconds header_limit = kHeaderLimit);
  virtual ~HealthServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::inline v0::agent
