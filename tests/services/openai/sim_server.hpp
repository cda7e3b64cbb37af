#pragma once

#include <offhook/tests/services/openai/sim_world.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace offhook::services::openai {

struct SimServerOptions {
  std::string certificate_pem, key_pem;  ///< "": without TLS
  unsigned first_session = 1;
};

/// The simulated OpenAI on a port of loopback, on a thread of its own. It serves /v1/realtime and the HTTP endpoints.
class SimServer {
 public:
  /// Returns null when no port is free, or when the voice does not exist. Synthesizes the scenario's sentences before it returns. Calls `log` on the
  /// server's thread.
  [[nodiscard]] static std::unique_ptr<SimServer> open(Scenario scenario, SimLog log, SimServerOptions options = {});
  virtual ~SimServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::services::openai
