#pragma once

#include <offhook/bench/ai_side.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace offhook::bench {

/// Who takes part in the calls: the simulated services, and how an agent uses them.
struct LineUp {
  std::string name;
  std::vector<std::string> services;  ///< that are started: "openai", "azure" (speech), "azure_model" (Azure OpenAI), "deepgram", "ollama"
  nlohmann::json session;             ///< the one of /agent/sessions
  bool talks = false;                 ///< one model hears and speaks, and the Realtime simulator plays it
  std::string greeting;               ///< said word for word; "": the model's own
};
/// Whole conversations by Azure OpenAI and by Deepgram, and cascades of all kinds. That of OpenAI Realtime is `./dev bench turns`.
[[nodiscard]] const std::vector<LineUp>& line_ups();
/// Throws std::runtime_error when there is none of that name.
[[nodiscard]] const LineUp& line_up(const std::string& name);

/// The simulators of a line-up, each in a process of its own.
class LineUpServices {
 public:
  /// `scenario_of`: what is to be read by one of its services.
  LineUpServices(const AiPrograms& programs, const LineUp& line_up, const std::string& name, nlohmann::json (*scenario_of)(const std::string& service));

  /// /providers of an agent that is to use them, all over TLS.
  [[nodiscard]] nlohmann::json providers() const;
  /// What all of them have noted until now.
  [[nodiscard]] std::vector<nlohmann::json> log() const;
  [[nodiscard]] double cpu_seconds() const;

 private:
  struct Running {
    std::string service;
    std::unique_ptr<Simulator> simulator;
  };
  [[nodiscard]] std::string url_of(const std::string& service) const;
  std::vector<Running> running_;
  std::string trusted_;  // a file with the certificates of all
};

}  // namespace offhook::bench
