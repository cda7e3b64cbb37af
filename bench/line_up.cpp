#include <offhook/bench/line_up.hpp>

#include <offhook/bench/proc_usage.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace offhook::bench {

using Json = nlohmann::json;

namespace {

constexpr const char* kGreeting = "extraordinarily comprehensible straightforward explanations";

LineUp talk(const std::string& provider, const std::string& service) {
  return {"talk-" + provider, {service}, {{"kind", "realtime"}, {"provider", provider}}, provider != "deepgram", kGreeting};
}

LineUp cascade(const std::string& listen, const std::string& think, const std::string& speak, std::vector<std::string> services) {
  const Json session = {{"kind", "cascade"}, {"listen", listen}, {"think", think}, {"speak", speak}};
  return {listen + "-" + think + "-" + speak, std::move(services), session, false, kGreeting};
}

}  // namespace

const std::vector<LineUp>& line_ups() {
  static const std::vector<LineUp> all = {talk("azure", "azure_model"),
                                          talk("deepgram", "deepgram"),
                                          cascade("openai", "openai", "openai", {"openai"}),
                                          cascade("azure", "azure", "azure", {"azure", "azure_model"}),
                                          cascade("deepgram", "ollama", "deepgram", {"deepgram", "ollama"}),
                                          cascade("flux", "openai", "deepgram", {"deepgram", "openai"}),
                                          cascade("openai", "ollama", "azure", {"openai", "ollama", "azure"}),
                                          cascade("deepgram", "azure", "openai", {"deepgram", "azure_model", "openai"}),
                                          cascade("local", "azure", "deepgram", {"azure_model", "deepgram"})};
  return all;
}

const LineUp& line_up(const std::string& name) {
  const auto& all = line_ups();
  const auto found = std::find_if(all.begin(), all.end(), [&name](const LineUp& each) { return each.name == name; });
  if (found == all.end()) throw std::runtime_error("there is no combination of services with the name " + name);
  return *found;
}

LineUpServices::LineUpServices(const AiPrograms& programs, const LineUp& line_up, const std::string& name, Json (*scenario_of)(const std::string& service))
    : trusted_(std::filesystem::absolute(programs.out + "/" + name + ".trusted.pem").string()) {
  std::ofstream trusted(trusted_);
  for (const std::string& service : line_up.services) {
    const std::string program = service == "azure_model" ? "openai" : service;  // The simulator of OpenAI also serves the paths of Azure OpenAI.
    running_.push_back({service, std::make_unique<Simulator>(programs, program, name + "." + service, scenario_of(service))});
    trusted << std::ifstream(running_.back().simulator->certificate()).rdbuf();
  }
}

/// Returns the URL of a running service, or "" if the service does not run.
std::string LineUpServices::url_of(const std::string& service) const {
  const auto found = std::find_if(running_.begin(), running_.end(), [&service](const Running& each) { return each.service == service; });
  return found == running_.end() ? "" : "https://127.0.0.1:" + std::to_string(found->simulator->secure_port());
}

Json LineUpServices::providers() const {
  Json all = Json::object();
  const auto add = [&](const std::string& name, Json members) {
    members["ca_file"] = trusted_;
    if (!members.contains("api_key")) members["api_key"] = "bench";
    all[name] = std::move(members);
  };
  if (const auto url = url_of("openai"); !url.empty()) add("openai", {{"base_url", url + "/v1"}});
  if (const auto url = url_of("ollama"); !url.empty()) add("ollama", {{"base_url", url}, {"models", {{"chat", "llama3.2"}}}});
  if (const auto url = url_of("deepgram"); !url.empty()) {
    add("deepgram", {{"base_url", url}, {"deepgram", {{"agent_url", url}}}});
    add("flux", {{"kind", "deepgram"}, {"base_url", url}, {"models", {{"transcription", "flux-general-en"}}}});
  }
  Json azure = Json::object();
  if (const auto url = url_of("azure"); !url.empty()) azure["speech"] = {{"key", "bench"}, {"url", url}};
  if (const auto url = url_of("azure_model"); !url.empty()) azure.update({{"base_url", url}, {"deployment", "mini"}, {"models", {{"realtime", "rt"}}}});
  if (!azure.empty()) add("azure", std::move(azure));
  return all;
}

std::vector<Json> LineUpServices::log() const {
  std::vector<Json> all;
  for (const Running& each : running_) {
    for (Json& event : each.simulator->log()) all.push_back(std::move(event));
  }
  return all;
}

double LineUpServices::cpu_seconds() const {
  double sum = 0;
  for (const Running& each : running_) sum += usage_of(each.simulator->pid()).cpu_seconds;
  return sum;
}

}  // namespace offhook::bench
