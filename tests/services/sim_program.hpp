#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/certificate.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace offhook::services {

/// A running simulator and its ports on loopback.
class RunningSim {
 public:
  virtual ~RunningSim() = default;
  [[nodiscard]] virtual std::uint16_t http() const = 0;
  [[nodiscard]] virtual std::uint16_t https() const = 0;
};

/// Writes a line of the log. Any thread may call it.
using SimNote = std::function<void(base::TimePoint, std::string_view what, nlohmann::json members)>;
/// Starts a simulator. `scenario` is the text of its scenario. Returns null if it cannot start, and writes the reason to `error`.
using BeginSim = std::function<std::unique_ptr<RunningSim>(const std::string& scenario, const SimNote& note, const Certificate& certificate, std::string& error)>;

/// The main() of a simulator. Reads the command line (`--scenario FILE [--log FILE] [--certificate FILE]`), prints one line
/// {"http":PORT,"https":PORT} when the simulator is ready, and ends at SIGTERM.
[[nodiscard]] int run_simulator(const std::string& program, int count, char** arguments, const BeginSim& begin);

}  // namespace offhook::services
