#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// What a supervisor may know: `ready` decides between 200 and 503, `text` is a small JSON object.
struct Health {
  bool ready = false;
  std::string text;
};

/// What was done about a request that changes something, or why it was not: a status of HTTP, and a small JSON object.
struct HealthReply {
  unsigned status = 200;
  std::string text;
};

/// What is asked for on the server's thread; what is empty is not served.
struct HealthPages {
  std::function<Health()> ready;           ///< GET /readyz
  std::function<std::string()> calls = {};    ///< GET /calls: the calls that are up, as JSON
  std::function<std::string()> metrics = {};  ///< GET /metrics: in the text format of Prometheus, 0.0.4
  /// POST /calls/ID/recording/pause, and resume
  std::function<HealthReply(const std::string& call, bool paused)> pause_recording = {};
  /// A request that does not carry it as a bearer token (RFC 6750 section 2.1) gets /healthz, and of /readyz only "ready"; 401 for all else.
  /// "": each request gets everything.
  std::string token = {};
};

inline constexpr std::chrono::milliseconds kHeaderLimit{1000};

/// Answers GET /healthz (200 while the process lives), GET /readyz (200 or 503) and the other pages on its own thread. Anything else
/// is 404 or 405. A request that changes something is refused (403) when a page in a browser sent it, because any site could have made that page. On a
/// loopback address a request for another host than this one is refused (421), unless it carries the token. A request without a host, or with two, gets 400.
/// Bounds: connections at once, of which the oldest makes room for a newer one, bytes of a request, time for an answer (health_server.cpp).
class HealthServer {
 public:
  /// `header_limit`: a connection whose header is not complete by then, counted from its beginning, is closed.
  /// Errors: domain "health", with the address and what to do.
  [[nodiscard]] static base::Result<std::unique_ptr<HealthServer>, base::Error> open(const base::SocketAddress& local, HealthPages pages,
                                                                                     std::chrono::milliseconds header_limit = kHeaderLimit);
  virtual ~HealthServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::inline v0::agent
