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

/// A simulator that runs: its ports on loopback.
class RunningSim {
 public:
  virtual ~RunningSim() = default;
  [[nodiscard]] virtual std::uint16_t http() const = 0;
  [[nodiscard]] virtual std::uint16_t https() const = 0;
};

/// A line of the log, from any thread.
using SimNote = std::function<void(base::TimePoint, std::string_view what, nlohmann::json members)>;
/// Begins a simulator by its scenario's text; null, and why in `error`, when that cannot be.
using BeginSim = std::function<std::unique_ptr<RunningSim>(const std::string& scenario, const SimNote& note, const Certificate& certificate, std::string& error)>;

/// The whole of a simulator's main(): its command line (`--scenario FILE [--log FILE] [--certificate FILE]`), one line
/// {"http":PORT,"https":PORT} when it is ready, and the end at SIGTERM.
[[nodiscard]] int run_simulator(const std::string& program, int count, char** arguments, const BeginSim& begin);

}  // namespace offhook::services
