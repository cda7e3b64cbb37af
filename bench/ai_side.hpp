#pragma once

#include <offhook/bench/process.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace offhook::bench {

/// The programs that a measurement of AI calls starts, and where it leaves its files.
struct AiPrograms {
  std::string agent;      ///< offhook
  std::string simulator;  ///< offhook_openai_sim; those of the other services are beside it
  std::string out;        ///< folder
};

/// A simulated service (tests/services) in a process of its own.
class Simulator {
 public:
  /// `service`: "openai", "azure", "deepgram" or "ollama". Files are named after `name`. Throws std::runtime_error when it does not start.
  Simulator(const AiPrograms& programs, const std::string& service, const std::string& name, const nlohmann::json& scenario);
  [[nodiscard]] std::uint16_t secure_port() const { return port_; }
  [[nodiscard]] const std::string& certificate() const { return certificate_; }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  /// What it has noted until now, a JSON object each.
  [[nodiscard]] std::vector<nlohmann::json> log() const;

 private:
  std::string log_, certificate_;
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
};

/// /providers/openai of a configuration, by that simulator over TLS.
[[nodiscard]] nlohmann::json openai_at(const Simulator& simulator);

/// `offhook run` with an agent on simulators.
class AiAgent {
 public:
  /// `providers` and `agent` are members of its configuration. Throws std::runtime_error when it does not become ready.
  AiAgent(const AiPrograms& programs, const std::string& name, const nlohmann::json& providers, std::uint16_t registrar_port, std::size_t calls,
          const nlohmann::json& agent);
  [[nodiscard]] std::uint16_t sip_port() const { return sip_port_; }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  [[nodiscard]] const std::string& log() const { return log_; }
  [[nodiscard]] double tick_p99_ms() const;
  /// Returns its page of metrics.
  [[nodiscard]] std::string metrics() const;
  void end();

 private:
  std::uint16_t sip_port_ = 0, health_port_ = 0;
  std::string log_;
  std::unique_ptr<Process> process_;
};

}  // namespace offhook::bench
