#pragma once

#include <offhook/tests/services/openai/scenario.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What the simulated Ollama has, says and breaks: one JSON file (tests/services/ollama/README.md describes it).
namespace offhook::services::ollama {

using openai::Call;
using openai::Fault;
using openai::Reply;
using std::chrono::milliseconds;

struct Model {
  std::string name;      ///< with its tag
  bool tools = true;     ///< it can call them
  bool thinks = false;   ///< it does, unless it is told not to
};

struct Scenario {
  openai::Scenario answers;       ///< key, replies, times, and the faults of `chat`
  std::vector<Model> models;      ///< none given: "llama3.2:latest"
  milliseconds load{0};           ///< what a model takes to be there
  std::size_t parallel = 0;       ///< answers at once; 0: as many as are asked
  std::size_t max_queue = 512;    ///< that wait for one; then 503
};

/// `error` names the member that is wrong; "" when all is well.
struct ScenarioRead {
  Scenario scenario;
  std::string error;
};
[[nodiscard]] ScenarioRead read_scenario(std::string_view json);

/// "llama3.2" is "llama3.2:latest".
[[nodiscard]] std::string with_tag(std::string name);

}  // namespace offhook::services::ollama
