#pragma once

#include <offhook/tests/services/openai/sim_world.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace offhook::services::openai {

struct SimServerOptions {
  std::string certificate_pem, key_pem;  ///< "": the server has no TLS
  unsigned first_session = 1;
};

/// The simulated OpenAI on a loopback port, with its own thread. It serves /v1/realtime and the HTTP endpoints.
class SimServer {
 public:
  /// Returns null if no port is free or the voice does not exist. Synthesises the sentences of the scenario before it returns. Calls `log`
  /// on the server's thread.
  [[nodiscard]] static std::unique_ptr<SimServer> open(Scenario scenario, SimLog log, SimServerOptions options = {});
  virtual ~SimServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace offhook::services::openai
