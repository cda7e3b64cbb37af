#pragma once

#include <offhook/tests/services/ollama/scenario.hpp>
#include <offhook/tests/services/openai/sim_world.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace offhook::services::ollama {

struct SimServerOptions {
  std::string certificate_pem, key_pem;  ///< "": the server has no TLS
  unsigned first_session = 1;            ///< not used, because Ollama has no sessions
};

/// The simulated Ollama on a loopback port, with its own thread.
class SimServer {
 public:
  /// Returns null if no port is free. Calls `log` on the server's thread.
  [[nodiscard]] static std::unique_ptr<SimServer> open(const Scenario& scenario, openai::SimLog log, SimServerOptions options = {});
  virtual ~SimServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::services::ollama
