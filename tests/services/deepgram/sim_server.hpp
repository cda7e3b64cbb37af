#pragma once

#include <offhook/tests/services/deepgram/sim_world.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace offhook::services::deepgram {

struct SimServerOptions {
  std::string certificate_pem, key_pem;  ///< "": the server has no TLS
  unsigned first_session = 1;
};

/// The simulated Deepgram on a loopback port, with its own thread. It serves /v1/listen and /v1/speak as WebSockets and by POST, and
/// /v2/listen and /v1/agent/converse as WebSockets.
class SimServer {
 public:
  /// Returns null if no port is free or the voice does not exist. Calls `log` on the server's thread.
  [[nodiscard]] static std::unique_ptr<SimServer> open(Scenario scenario, SimLog log, SimServerOptions options = {});
  virtual ~SimServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::services::deepgram
