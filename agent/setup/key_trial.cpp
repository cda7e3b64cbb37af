#include <offhook/agent/setup/key_trial.hpp>

#include <offhook/agent/net/thread_edges.hpp>
#include <offhook/agent/providers/azure/server.hpp>

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

/// What is asked for: something that costs nothing, and that nobody gets without a key.
struct Trial {
  net::HttpRequest request;
  std::string whom;  ///< for people
};

Trial trial_at(std::string url, std::string whom, std::string header, std::string value) {
  Trial trial;
  trial.request.method = "GET";
  trial.request.url = std::move(url);
  if (!header.empty()) trial.request.headers = {{std::move(header), std::move(value)}};
  trial.whom = std::move(whom);
  return trial;
}

std::vector<Trial> trials_of(const ProviderProfile& provider) {
  const std::string& base = provider.base_url;
  switch (provider.kind) {
    case ProviderKind::Local:
      return {};
    case ProviderKind::OpenAi:
    case ProviderKind::OpenAiCompatible:
      return {trial_at(base + "/models", base, "Authorization", "Bearer " + provider.api_key.reveal())};
    case ProviderKind::AzureOpenAi:
      return {trial_at(base + "/openai/v1/models", base, "api-key", provider.api_key.reveal())};
    case ProviderKind::Deepgram:
      return {trial_at(base + "/v1/projects", base, "Authorization", "Token " + provider.api_key.reveal())};
    case ProviderKind::Ollama:
      return {trial_at(base + "/api/tags", base, provider.api_key.empty() ? "" : "Authorization", "Bearer " + provider.api_key.reveal())};
    case ProviderKind::Azure:
      break;
  }
  azure::Server speech;
  speech.region = provider.speech.region;
  speech.endpoint = provider.speech.url;
  speech.key = provider.speech.key;
  Trial voices;
  voices.request = azure::request_to(speech, azure::Service::Synthesis, "/cognitiveservices/voices/list");
  voices.request.method = "GET";
  voices.whom = "Azure Speech in " + (provider.speech.url.empty() ? provider.speech.region : provider.speech.url);
  std::vector<Trial> trials{std::move(voices)};
  if (!base.empty()) trials.push_back(trial_at(base + "/openai/v1/models", base, "api-key", provider.api_key.reveal()));
  return trials;
}

Finding judge(const std::string& whom, int status, const std::string& trouble) {
  if (status == 0) return {false, whom + " does not answer: " + (trouble.empty() ? "no answer in time" : trouble)};
  if (status == 401 || status == 403) return {false, fmt::format("{} refuses the key ({})", whom, status)};
  if (status < 200 || status > 299) return {false, fmt::format("{} answers {}", whom, status)};
  return {true, whom + " takes the key"};
}

Finding carry_out(Trial trial, net::HttpClient& client, const std::function<bool()>& work) {
  struct Answer {
    int status = 0;
    std::string trouble;
    bool is_done = false;
  };
  const auto answer = std::make_shared<Answer>();
  trial.request.total_limit = kLimit;
  net::HttpHandler handler;
  handler.on_head = [answer](const net::HttpHead& head) { answer->status = head.status; };
  handler.on_body = [](std::string_view) {};
  handler.on_end = [answer](const std::optional<net::NetError>& error) {
    if (error) answer->trouble = error->detail;
    answer->is_done = true;
  };
  const auto transfer = client.start(std::move(trial.request), std::move(handler));
  while (!answer->is_done && work()) {
  }
  return judge(trial.whom, answer->status, answer->trouble);
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

Finding try_key(const ProviderProfile& provider) {
  boost::asio::io_context io;
  const auto edges = net::make_thread_edges(io);
  const auto end = base::Clock::now() + 2 * kLimit + 1s;
  return try_key(provider, edges->http(provider.ca_file), [&io, end] {
    io.restart();
    io.run_for(50ms);
    return base::Clock::now() < end;
  });
}

}  // namespace offhook::inline v0::agent::setup
