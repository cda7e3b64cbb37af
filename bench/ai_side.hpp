#pragma once

#include <offhook/bench/process.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace offhook::bench {

/// The programs that a measurement of AI calls starts, and the folder for their files.
struct AiPrograms {
  std::string agent;      ///< the program offhook
  std::string simulator;  ///< the program offhook_openai_sim; the simulators of the other services must be in the same folder
  std::string out;        ///< folder for the files
};

/// A simulated service (tests/services) in a separate process.
class Simulator {
 public:
  /// Starts the simulator of `service`: "openai", "azure", "deepgram" or "ollama". The names of its files start with `name`. Throws
  /// std::runtime_error if the simulator does not start.
  Simulator(const AiPrograms& programs, const std::string& service, const std::string& name, const nlohmann::json& scenario);
  [[nodiscard]] std::uint16_t secure_port() const { return port_; }
  [[nodiscard]] const std::string& certificate() const { return certificate_; }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  /// Returns the events that the simulator has logged so far, each as a JSON object.
  [[nodiscard]] std::vector<nlohmann::json> log() const;

 private:
  std::string log_, certificate_;
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
};

/// Returns the value of /providers/openai for a configuration that uses this simulator over TLS.
[[nodiscard]] nlohmann::json openai_at(const Simulator& simulator);

/// A process of `offhook run` with one agent, which uses simulators.
class AiAgent {
 public:
  /// Starts the agent. `providers` and `agent` become members of its configuration. Throws std::runtime_error if the agent does not become ready.
  AiAgent(const AiPrograms& programs, const std::string& name, const nlohmann::json& providers, std::uint16_t registrar_port, std::size_t calls,
          const nlohmann::json& agent);
  [[nodiscard]] std::uint16_t sip_port() const { return sip_port_; }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  [[nodiscard]] const std::string& log() const { return log_; }
  [[nodiscard]] double tick_p99_ms() const;
  /// Returns the agent's page of metrics.
  [[nodiscard]] std::string metrics() const;
  void end();

 private:
  std::uint16_t sip_port_ = 0, health_port_ = 0;
  std::string log_;
  std::unique_ptr<Process> process_;
};

}  // namespace offhook::bench
