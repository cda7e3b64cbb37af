#include <offhook/agent/providers/ollama/key_trial.hpp>

#include <offhook/agent/support/json_in.hpp>
#include <offhook/base/text.hpp>

namespace offhook::inline v0::agent::ollama {

namespace {

/// Compares names as Ollama does: a name without a tag means the tag "latest".
bool is_listed(const json::Element& list, const std::string& model) {
  const bool has_tag = model.find(':', model.rfind('/') == std::string::npos ? 0 : model.rfind('/')) != std::string::npos;
  const std::string wanted = has_tag ? model : model + ":latest";
  bool is_there = false;
  json::for_each(list, "models", [&](const json::Element& each) { is_there = is_there || base::iequals(json::text(each, "name"), wanted); });
  return is_there;
}

std::string fault_of(std::string_view body, const std::string& whom, const std::string& model) {
  json::Parser parser;
  const auto list = json::parse(parser, body);
  if (!list || !json::member(*list, "models")) return whom + " answers, but not as Ollama does: check the address";
  if (is_listed(*list, model)) return "";
  return whom + " has no model " + model + ": run `ollama pull " + model + "` there, or name another model (`ollama list`)";
}

}  // namespace

std::vector<KeyTrial> key_trials(const ProviderProfile& provider) {
  const std::string& model = provider.models.chat;
  KeyTrial trial = trial_of(provider.base_url + "/api/tags", "Ollama at " + provider.base_url, "Authorization", provider.api_key.empty() ? "" : "Bearer " + provider.api_key.reveal());
  trial.not_found = "check that the server is Ollama, and that its address has no path";
  if (model.empty()) return {trial};
  trial.good = trial.whom + " has the model " + model;
  trial.fault_of = [whom = trial.whom, model](std::string_view body) { return fault_of(body, whom, model); };
  return {trial};
}

}  // namespace offhook::inline v0::agent::ollama
