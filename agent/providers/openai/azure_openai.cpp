#include <offhook/agent/providers/openai/azure_openai.hpp>

#include <offhook/agent/providers/openai/parts.hpp>
#include <offhook/agent/providers/openai/provider.hpp>
#include <offhook/agent/providers/openai/voices.hpp>
#include <offhook/agent/support/url_text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::openai {

namespace {

/// Returns true for Microsoft's own hosts. The gateway of another company may have other paths.
bool is_azures_host(std::string_view url) {
  const std::string host = host_of_url(url);
  const auto domains = {".azure.com", ".azure.us", ".azure.cn"};
  return std::any_of(domains.begin(), domains.end(), [&](const char* domain) { return host.ends_with(domain); });
}

constexpr std::array kAzureCompleted{
    CompletedSetting{.pointer = "/base_url", .variable = "AZURE_OPENAI_ENDPOINT", .needed = kAzureAllowed},
    CompletedSetting{.pointer = "/api_key", .variable = "AZURE_OPENAI_KEY", .needed = "the key of the Azure OpenAI resource"},
    CompletedSetting{.pointer = "/deployment", .variable = "AZURE_OPENAI_DEPLOYMENT", .needed = "the name of a deployment"},
};

constexpr std::array kAzureNotes{
    SettingNote{.pointer = "/deployment", .meaning = "for azure_openai and azure: the name of the deployment"},
    SettingNote{.pointer = "/api_version", .meaning = "for azure_openai and azure: the version of an older interface"},
};

void read_azure(const JsonValue& object, ProviderProfile& out) {
  if (out.models.realtime.empty()) out.models.realtime = out.deployment;
  read_quirks(object, out.quirks);
}

constexpr ProviderConfig kAzureConfig{
    .example_url = kAzureExample,
    .url_ends = kAzureUrlEnds,
    .complain_of_url = complain_of_azure_url,
    .completed = kAzureCompleted,
    .notes = kAzureNotes,
    .read = read_azure,
};

constexpr std::array kAzureQuestions{
    ProviderQuestion{.variable = "AZURE_OPENAI_ENDPOINT", .pointer = "/base_url", .text = "Endpoint of the Azure OpenAI resource",
                     .why = "In the portal: the resource, Keys and Endpoint.",
                     .example = kAzureExample},
    ProviderQuestion{.variable = "AZURE_OPENAI_KEY", .pointer = "/api_key", .text = "Key of the Azure OpenAI resource",
                     .why = "In the portal: the resource, Keys and Endpoint.",
                     .example = "0a1b2c3d...", .is_secret = true},
    ProviderQuestion{.variable = "AZURE_OPENAI_DEPLOYMENT", .pointer = "/deployment", .text = "Deployment of a Realtime model",
                     .why = "Its name, as you gave it when you deployed the model: docs/azure.md.",
                     .example = "gpt-realtime"},
};

}  // namespace

std::optional<config::Complaint> complain_of_azure_url(std::string_view url) {
  const std::string_view path = path_of_url(url);
  if (path.find("/openai/") == std::string_view::npos && (path.empty() || !is_azures_host(url))) return std::nullopt;
  return config::Complaint{"the address of one interface, such as a target URI", std::string(kAzureAllowed),
                           "leave out everything after the host: write the deployment's name in deployment (AZURE_OPENAI_DEPLOYMENT), and the date of api-version= in api_version"};
}

KeyTrial azure_key_trial(const ProviderProfile& provider) {
  KeyTrial trial = trial_of(provider.base_url + "/openai/v1/models", provider.base_url, "api-key", provider.api_key.reveal());
  trial.not_found = "check the endpoint of the resource, which is only the host";
  return trial;
}

Remarks judge_azure_realtime(const ProviderProfile& provider, bool) {
  if (!provider.models.transcription.empty()) return {};
  return {{"/models/transcription", "is not set: in realtime sessions, neither the transcript nor a provider that takes over later gets the callers' words"}};
}

constinit const Provider kAzureOpenAi{
    .name = "azure_openai",
    .title = "Azure OpenAI",
    .page = "docs/azure.md",
    .config = kAzureConfig,
    .sessions = {.abilities = {.realtime = Ability::ByModel, .listen = Ability::ByModel, .think = Ability::ByModel, .speak = Ability::ByModel},
            .usual = UsualSessions::Realtime,
            .judge_realtime = judge_azure_realtime,
            .hears_several = [](const ProviderProfile&) { return true; }},
    .voices = &kVoices,
    .setup = {.questions = kAzureQuestions, .trials = [](const ProviderProfile& provider) { return std::vector<KeyTrial>{azure_key_trial(provider)}; }},
    .parts = compatible_parts,
};

}  // namespace offhook::inline v0::agent::openai
