#include <offhook/agent/config/provider_urls.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace offhook::inline v0::agent::config {

namespace {

using Ends = std::span<const std::string_view>;

// A longer text comes before a text that is its end.
constexpr auto kOfOpenAi = std::to_array<std::string_view>({"/chat/completions", "/responses", "/audio/speech", "/audio/transcriptions", "/realtime"});
constexpr auto kOfAzure = std::to_array<std::string_view>({"/openai/v1/chat/completions", "/openai/v1/responses", "/openai/v1/realtime", "/openai/v1", "/openai"});
constexpr auto kOfDeepgram = std::to_array<std::string_view>({"/v1/listen", "/v2/listen", "/v1/speak", "/v2/speak", "/v1/agent/converse", "/v1", "/v2"});
constexpr auto kOfOllama = std::to_array<std::string_view>({"/v1/chat/completions", "/api/chat", "/api/generate", "/api/tags", "/api", "/v1"});

Ends ends_of(ProviderKind kind) {
  switch (kind) {
    case ProviderKind::OpenAi:
    case ProviderKind::OpenAiCompatible: return kOfOpenAi;
    case ProviderKind::Azure:
    case ProviderKind::AzureOpenAi: return kOfAzure;
    case ProviderKind::Deepgram: return kOfDeepgram;
    case ProviderKind::Ollama: return kOfOllama;
    case ProviderKind::Local: return {};
  }
  return {};
}

std::string_view example_of(ProviderKind kind) {
  switch (kind) {
    case ProviderKind::OpenAi: return kOpenAiUrl;
    case ProviderKind::OpenAiCompatible: return "http://127.0.0.1:8000/v1";
    case ProviderKind::Azure:
    case ProviderKind::AzureOpenAi: return "https://NAME.openai.azure.com";
    case ProviderKind::Deepgram: return "https://api.eu.deepgram.com";
    case ProviderKind::Ollama: return "http://127.0.0.1:11434";
    case ProviderKind::Local: return "https://host.example";
  }
  return "";
}

bool is_azure(ProviderKind kind) { return kind == ProviderKind::Azure || kind == ProviderKind::AzureOpenAi; }

/// Returns the part after "https://host:port"; "" when there is none.
std::string_view path_of(std::string_view url) {
  const auto begin = url.find("://");
  const auto path = begin == std::string_view::npos ? begin : url.find('/', begin + 3);
  return path == std::string_view::npos ? std::string_view() : url.substr(path);
}

/// Returns true for Microsoft's own hosts. The gateway of a different company may have other paths.
bool is_azures_host(std::string_view url) {
  std::string host;
  for (const char c : url.substr(0, url.size() - path_of(url).size())) host += base::to_lower(c);
  host = host.substr(0, host.find(':', host.find("://") + 3));
  const auto domains = {".azure.com", ".azure.us", ".azure.cn"};
  return std::any_of(domains.begin(), domains.end(), [&](const char* domain) { return host.ends_with(domain); });
}

/// Returns true for a target URI, which Azure's portal shows for each deployment. It addresses a single API, often with a fixed version date.
bool is_target_of_azure(std::string_view url) {
  const std::string_view path = path_of(url);
  return path.find("/openai/") != std::string_view::npos || (is_azures_host(url) && !path.empty());
}

}  // namespace

std::string allowed_base(ProviderKind kind) { return "a URL such as \"" + std::string(example_of(kind)) + "\""; }

std::string base_of_url(ProviderKind kind, std::string_view url) {
  const std::string_view path = path_of(url);
  for (const std::string_view end : ends_of(kind)) {
    if (!path.ends_with(end)) continue;
    url.remove_suffix(end.size());
    break;
  }
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

std::optional<Complaint> complain_of_base(ProviderKind kind, std::string_view url) {
  const auto query = url.find('?');
  if (is_azure(kind) && is_target_of_azure(base_of_url(kind, url.substr(0, query))))
    return Complaint{"the address of one interface, such as a target URI", allowed_base(kind),
                     "leave out everything after the host: write the deployment's name in deployment (AZURE_OPENAI_DEPLOYMENT), and a date in api_version"};
  if (query == std::string_view::npos) return std::nullopt;
  return Complaint{"a URL with a query", "a URL without a query", "leave out the ? and what follows it"};
}

}  // namespace offhook::inline v0::agent::config
