#include <offhook/tests/services/ollama/scenario.hpp>

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace offhook::services::ollama {

namespace {

using nlohmann::json;

/// Removes a member that only Ollama's scenario has, and returns it. The reader of OpenAI's scenario would refuse it.
json taken(json& root, const char* name, json usual) {
  if (!root.contains(name)) return usual;
  json value = root[name];
  root.erase(name);
  return value;
}

Model read_model(const json& given) {
  if (given.is_string()) return {with_tag(given.get<std::string>())};
  for (const auto& [name, value] : given.items()) {
    if (name != "name" && name != "tools" && name != "thinks") throw std::invalid_argument("a model has no member \"" + name + "\"");
  }
  return {with_tag(given.at("name").get<std::string>()), given.value("tools", true), given.value("thinks", false)};
}

ScenarioRead read(json root) {
  ScenarioRead read;
  Scenario& scenario = read.scenario;
  for (const json& model : taken(root, "models", json::array({"llama3.2"}))) scenario.models.push_back(read_model(model));
  scenario.load = milliseconds(taken(root, "load_ms", 0).get<int>());
  scenario.parallel = taken(root, "parallel", 0).get<std::size_t>();
  scenario.max_queue = taken(root, "max_queue", 512).get<std::size_t>();
  auto rest = openai::read_scenario(root.dump());
  scenario.answers = std::move(rest.scenario);
  read.error = std::move(rest.error);
  return read;
}

}  // namespace

std::string with_tag(std::string name) { return name.empty() || name.find(':') != std::string::npos ? name : name + ":latest"; }

ScenarioRead read_scenario(std::string_view text) {
  try {
    json root = json::parse(text);
    if (!root.is_object()) throw std::invalid_argument("the scenario is no object");
    return read(std::move(root));
  } catch (const std::exception& error) {  // Catches the exceptions of nlohmann's library and of this file.
    return {{}, error.what()};
  }
}

}  // namespace offhook::services::ollama
