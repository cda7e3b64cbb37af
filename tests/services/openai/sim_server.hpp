#pragma once

#include <offhook/tests/services/openai/sim_world.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace offhook::services::openai {

struct SimServerOptions {
  std::string certificate_pem, key_pem;  ///< "": plain
  unsigned first_session = 1;
};

/// The simulated OpenAI on a port of loopback, on a thread of its own: /v1/realtime and the HTTP endpoints.
class SimServer {
 public:
  /// Null when there is no port, or no such voice. The scenario's sentences are spoken before it returns. `log` is called on the
  /// server's thread.
  [[nodiscard]] static std::unique_ptr<SimServer> open(Scenario scenario, SimLog log, SimServerOptions options = {});
  virtual ~SimServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::services::openai
