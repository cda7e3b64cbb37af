#pragma once

#include <offhook/tests/services/ollama/scenario.hpp>
#include <offhook/tests/services/openai/sim_world.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace offhook::services::ollama {

/// The simulated Ollama on a port of loopback, on a thread of its own.
class SimServer {
 public:
  /// Null when there is no port. `log` is called on the server's thread. Without a certificate it is plain.
  [[nodiscard]] static std::unique_ptr<SimServer> open(const Scenario& scenario, openai::SimLog log, std::string certificate_pem = {}, std::string key_pem = {});
  virtual ~SimServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::services::ollama
