#pragma once

#include <offhook/tests/services/deepgram/sim_world.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace offhook::services::deepgram {

struct SimServerOptions {
  std::string certificate_pem, key_pem;  ///< "": plain
  unsigned first_session = 1;
};

/// The simulated Deepgram on a port of loopback, on a thread of its own: /v1/listen and /v1/speak, as WebSockets and by POST, /v2/listen and
/// /v1/agent/converse.
class SimServer {
 public:
  /// Null when there is no port, or no such voice. `log` is called on the server's thread.
  [[nodiscard]] static std::unique_ptr<SimServer> open(Scenario scenario, SimLog log, SimServerOptions options = {});
  virtual ~SimServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::services::deepgram
