#include <offhook/agent/setup/key_trial.hpp>

#include <offhook/agent/net/thread_edges.hpp>
#include <offhook/agent/providers/azure/server.hpp>
#include <offhook/agent/support/json_in.hpp>
#include <offhook/base/text.hpp>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::setup {

namespace {

using namespace std::chrono_literals;
constexpr auto kLimit = 10s;

constexpr std::size_t kMaxList = 4U << 20U;  ///< octets of a list of models

/// A request that costs nothing, and that a provider answers only with a valid key.
struct Trial {
  net::HttpRequest request;
  std::string whom;       ///< the provider's name for people
  bool has_key = true;
  std::string not_found;  ///< advice for a 404
  std::string model;      ///< for Ollama: the model that the list must contain
};

Trial trial_at(std::string url, std::string whom, std::string header, std::string value) {
  Trial trial;
  trial.request.method = "GET";
  trial.request.url = std::move(url);
  if (!header.empty()) trial.request.headers = {{std::move(header), std::move(value)}};
  trial.whom = std::move(whom);
  return trial;
}

Trial of_openai(const ProviderProfile& provider) {
  Trial trial = trial_at(provider.base_url + "/models", provider.base_url, provider.api_key.empty() ? "" : "Authorization", "Bearer " + provider.api_key.reveal());
  trial.has_key = !provider.api_key.empty();
  trial.not_found = "check the base URL, which usually ends in /v1";
  return trial;
}

Trial of_azure_openai(const ProviderProfile& provider) {
  Trial trial = trial_at(provider.base_url + "/openai/v1/models", provider.base_url, "api-key", provider.api_key.reveal());
  trial.not_found = "check the endpoint of the resource, which is only the host";
  return trial;
}

Trial of_azure_speech(const ProviderProfile& provider) {
  azure::Server speech;
  speech.region = provider.speech.region;
  speech.endpoint = provider.speech.url;
  speech.key = provider.speech.key;
  Trial voices;
  voices.request = azure::request_to(speech, azure::Service::Synthesis, "/cognitiveservices/voices/list");
  voices.request.method = "GET";
  voices.whom = "Azure Speech in " + (provider.speech.url.empty() ? provider.speech.region : provider.speech.url);
  return voices;
}

Trial of_ollama(const ProviderProfile& provider) {
  Trial trial = trial_at(provider.base_url + "/api/tags", "Ollama at " + provider.base_url, provider.api_key.empty() ? "" : "Authorization", "Bearer " + provider.api_key.reveal());
  trial.has_key = !provider.api_key.empty();
  trial.not_found = "check that the server is Ollama, and that its address has no path";
  trial.model = provider.models.chat;
  return trial;
}

std::vector<Trial> trials_of(const ProviderProfile& provider) {
  switch (provider.kind) {
    case ProviderKind::Local:
      return {};
    case ProviderKind::OpenAi:
    case ProviderKind::OpenAiCompatible:
      return {of_openai(provider)};
    case ProviderKind::AzureOpenAi:
      return {of_azure_openai(provider)};
    case ProviderKind::Deepgram:
      return {trial_at(provider.base_url + "/v1/projects", provider.base_url, "Authorization", "Token " + provider.api_key.reveal())};
    case ProviderKind::Ollama:
      return {of_ollama(provider)};
    case ProviderKind::Azure:
      break;
  }
  // Azure: one trial for each resource that is used.
  std::vector<Trial> trials;
  if (!provider.speech.region.empty() || !provider.speech.url.empty()) trials.push_back(of_azure_speech(provider));
  if (!provider.base_url.empty()) trials.push_back(of_azure_openai(provider));
  return trials;
}

struct Answer {
  int status = 0;
  std::string trouble, body;
  bool is_done = false;
};

/// Compares names as Ollama does: a name without a tag means the tag "latest".
bool is_listed(const json::Element& list, const std::string& model) {
  const bool has_tag = model.find(':', model.rfind('/') == std::string::npos ? 0 : model.rfind('/')) != std::string::npos;
  const std::string wanted = has_tag ? model : model + ":latest";
  bool is_there = false;
  json::for_each(list, "models", [&](const json::Element& each) { is_there = is_there || base::iequals(json::text(each, "name"), wanted); });
  return is_there;
}

Finding judge_model(const Trial& trial, const Answer& answer) {
  json::Parser parser;
  const auto list = json::parse(parser, answer.body);
  if (!list || !json::member(*list, "models")) return {false, trial.whom + " answers, but not as Ollama does: check the address"};
  if (!is_listed(*list, trial.model)) return {false, fmt::format("{} has no model {}: run `ollama pull {}` there, or name another model (`ollama list`)", trial.whom, trial.model, trial.model)};
  return {true, trial.whom + " has the model " + trial.model};
}

Finding judge(const Trial& trial, const Answer& answer) {
  const std::string& whom = trial.whom;
  const int status = answer.status;
  if (status == 0) return {false, whom + " does not answer: " + (answer.trouble.empty() ? "no answer in time" : answer.trouble)};
  if (status == 401 || status == 403) return {false, fmt::format("{} {} ({})", whom, trial.has_key ? "refuses the key" : "needs a key", status)};
  if (status == 404 && !trial.not_found.empty()) return {false, fmt::format("{} answers 404: {}", whom, trial.not_found)};
  if (status < 200 || status > 299) return {false, fmt::format("{} answers {}", whom, status)};
  if (!trial.model.empty()) return judge_model(trial, answer);
  return {true, whom + (trial.has_key ? " accepts the key" : " answers")};
}

Finding carry_out(Trial trial, net::HttpClient& client, const std::function<bool()>& work) {
  const auto answer = std::make_shared<Answer>();
  trial.request.total_limit = kLimit;
  net::HttpHandler handler;
  handler.on_head = [answer](const net::HttpHead& head) { answer->status = head.status; };
  handler.on_body = [answer](std::string_view part) {
    if (answer->body.size() + part.size() <= kMaxList) answer->body += part;
  };
  handler.on_end = [answer](const std::optional<net::NetError>& error) {
    if (error) answer->trouble = error->detail;
    answer->is_done = true;
  };
  const auto transfer = client.start(std::move(trial.request), std::move(handler));
  while (!answer->is_done && work()) {
  }
  return judge(trial, *answer);
}

}  // namespace

Finding try_key(const ProviderProfile& provider, net::HttpClient& client, const std::function<bool()>& work) {
  Finding all{true, ""};
  for (Trial& trial : trials_of(provider)) {
    const Finding found = carry_out(std::move(trial), client, work);
    all.good = all.good && found.good;
    all.what += (all.what.empty() ? "" : "; ") + found.what;
  }
  return all;
}

Finding try_key(const ProviderProfile& provider, const net::ProxyRules& proxies, const std::function<bool()>& is_interrupted) {
  boost::asio::io_context io;
  const auto edges = net::make_thread_edges(io, proxies);
  const auto end = base::Clock::now() + 2 * kLimit + 1s;
  return try_key(provider, edges->http(provider.ca_file), [&] {
    io.restart();
    io.run_for(50ms);
    return base::Clock::now() < end && !is_interrupted();
  });
}

}  // namespace offhook::inline v0::agent::setup
