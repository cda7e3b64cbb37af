#pragma once

#include <offhook/tests/services/openai/scenario.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The models, answers and faults of the simulated Ollama, read from one JSON file (tests/services/ollama/README.md describes it).
namespace offhook::services::ollama {

using openai::Call;
using openai::Fault;
using openai::Reply;
using std::chrono::milliseconds;

struct Model {
  std::string name;      ///< name with its tag
  bool tools = true;     ///< true: the model can call tools
  bool thinks = false;   ///< true: the model thinks, except if the request disables this
};

struct Scenario {
  openai::Scenario answers;       ///< key, replies, times, and the faults of `chat`
  std::vector<Model> models;      ///< if none are given: "llama3.2:latest"
  milliseconds load{0};           ///< time to load a model
  std::size_t parallel = 0;       ///< number of answers that may run at the same time; 0: no limit
  std::size_t max_queue = 512;    ///< number of requests that may wait; further requests get 503
};

/// The result of read_scenario(). `error` names the invalid member. It is "" if the scenario is valid.
struct ScenarioRead {
  Scenario scenario;
  std::string error;
};
[[nodiscard]] ScenarioRead read_scenario(std::string_view json);

/// Returns the name with its tag: "llama3.2" becomes "llama3.2:latest".
[[nodiscard]] std::string with_tag(std::string name);

}  // namespace offhook::services::ollama
