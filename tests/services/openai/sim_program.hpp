#pragma once

#include <offhook/tests/services/certificate.hpp>
#include <offhook/tests/services/openai/sim_world.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace offhook::services::openai {

/// A simulator that listens, plain and over TLS; or why it does not.
struct OpenSim {
  std::shared_ptr<void> servers;
  std::uint16_t http = 0, https = 0;
  std::string error;
};
/// Of a scenario's text. `log` is called on any thread.
using SimOpener = std::function<OpenSim(const std::string& scenario, const SimLog& log, const Certificate& certificate)>;

/// main() of a simulator: reads its command line, prints its ports, and waits for SIGTERM.
[[nodiscard]] int run_simulator(const std::string& name, int count, char** arguments, const SimOpener& open);

}  // namespace offhook::services::openai
