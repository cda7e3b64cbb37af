#pragma once

#include <offhook/tests/services/azure/sim_wire.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace offhook::services::azure {

struct SimServerOptions {
  std::string certificate_pem, key_pem;  ///< "": plain
  unsigned first_session = 1;
};

/// The simulated speech service on a port of loopback, on a thread of its own: recognition and synthesis by WebSocket and by HTTP.
class SimServer {
 public:
  /// Null when there is no port, or no such voice. `log` is called on the server's thread.
  [[nodiscard]] static std::unique_ptr<SimServer> open(Scenario scenario, SimLog log, SimServerOptions options = {});
  virtual ~SimServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::services::azure
