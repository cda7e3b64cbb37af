#pragma once

#include <offhook/bench/ai_side.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace offhook::bench {

/// A line-up: the simulated services for a set of calls, and how an agent uses them.
struct LineUp {
  std::string name;
  std::vector<std::string> services;  ///< the services to start: "openai", "azure" (speech), "azure_model" (Azure OpenAI), "deepgram", "ollama"
  nlohmann::json session;             ///< the only element of /agent/sessions
  bool talks = false;                 ///< true: one model hears and speaks, and its simulator logs the turns
  std::string greeting;               ///< the greeting, which is spoken word for word; "": the model chooses the greeting
};
/// Returns the line-ups: realtime sessions of Azure OpenAI and of Deepgram, and cascades of all kinds. `./dev bench turns` measures OpenAI
/// Realtime separately.
[[nodiscard]] const std::vector<LineUp>& line_ups();
/// Returns the line-up of this name. Throws std::runtime_error if there is none.
[[nodiscard]] const LineUp& line_up(const std::string& name);

/// The simulators of a line-up, each in a separate process.
class LineUpServices {
 public:
  /// Starts the simulators. `scenario_of` returns the scenario for a service.
  LineUpServices(const AiPrograms& programs, const LineUp& line_up, const std::string& name, nlohmann::json (*scenario_of)(const std::string& service));

  /// Returns the value of /providers for an agent that uses these simulators, all of them over TLS.
  [[nodiscard]] nlohmann::json providers() const;
  /// Returns all events that the simulators have logged so far.
  [[nodiscard]] std::vector<nlohmann::json> log() const;
  [[nodiscard]] double cpu_seconds() const;

 private:
  struct Running {
    std::string service;
    std::unique_ptr<Simulator> simulator;
  };
  [[nodiscard]] std::string url_of(const std::string& service) const;
  std::vector<Running> running_;
  std::string trusted_;  // path of the file with the certificates of all simulators
};

}  // namespace offhook::bench
