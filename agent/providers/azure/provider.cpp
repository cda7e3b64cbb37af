#include <offhook/agent/providers/azure/provider.hpp>

#include <offhook/agent/providers/azure/parts.hpp>
#include <offhook/agent/providers/azure/speech_resource.hpp>
#include <offhook/agent/providers/azure/voices.hpp>
#include <offhook/agent/providers/openai/azure_openai.hpp>
#include <offhook/agent/providers/openai/provider.hpp>
#include <offhook/agent/providers/openai/voices.hpp>
#include <offhook/agent/settings/read_value.hpp>

#include <array>

namespace offhook::inline v0::agent::azure {

namespace {

using config::Setting;
using config::Shape;

constexpr std::array kOwnUrls{OwnUrl{.pointer = "/speech/url", .key = "/speech/key"}};

/// lacks_of() reports missing settings, because they depend on the use: speech, the model, or both.
constexpr std::array kCompleted{
    CompletedSetting{.pointer = "/speech/key", .variable = "AZURE_SPEECH_KEY"},
    CompletedSetting{.pointer = "/speech/region", .variable = "AZURE_SPEECH_REGION"},
    CompletedSetting{.pointer = "/base_url", .variable = "AZURE_OPENAI_ENDPOINT"},
    CompletedSetting{.pointer = "/api_key", .variable = "AZURE_OPENAI_KEY"},
    CompletedSetting{.pointer = "/deployment", .variable = "AZURE_OPENAI_DEPLOYMENT"},
};

constexpr std::array kVariables{
    ProviderVariable{"AZURE_SPEECH_KEY", "/providers/azure/speech/key"},
    ProviderVariable{"AZURE_SPEECH_REGION", "/providers/azure/speech/region"},
};

constexpr std::array kMembers{
    Setting{.name = "key", .environment = "AZURE_SPEECH_KEY", .shape = Shape::Key, .least = 1, .most = config::kMaxKey, .unset = "none",
            .meaning = "the key of the speech resource", .secret = true},
    Setting{.name = "region", .environment = "AZURE_SPEECH_REGION", .shape = Shape::Region, .unset = "none",
            .meaning = "the region of the speech resource, such as `westeurope`", .allowed = "a region of Azure, such as \"westeurope\"",
            .advice = "write it as one word, as Azure's portal shows it beside the key"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = config::kMaxUrl, .unset = "the region's address",
            .meaning = "the address of a host of your own, or of a container"},
};
constexpr std::array kSettings{
    Setting{.name = "speech", .shape = Shape::Object, .meaning = "for azure: its speech resource", .members = kMembers},
};

constexpr std::array kNotes{
    SettingNote{.pointer = "/base_url", .meaning = "; for azure, the address of its Azure OpenAI resource"},
    SettingNote{.pointer = "/region", .unset = "none; for azure without a model, the region of its speech resource"},
    SettingNote{.pointer = "/models/realtime", .meaning = "; for azure, its deployment"},
    SettingNote{.pointer = "/models/chat", .unset = "the deployment for azure"},
};

void read(const JsonValue& object, ProviderProfile& out) {
  if (out.models.chat.empty()) out.models.chat = out.deployment;
  openai::read_quirks(object, out.quirks);
  const JsonValue* written = member(object, "speech");
  if (written == nullptr) return;
  const SpeechResource speech{text_of(*written, "region"), text_of(*written, "url"), Secret(text_of(*written, "key"))};
  // Only the operator knows the region of a model's resource or of a container. Therefore use Azure Speech's region only if neither is configured.
  if (out.region.empty() && out.base_url.empty() && speech.url.empty()) out.region = speech.region;
  out.own = speech;
}

constexpr ProviderConfig kConfig{
    .example_url = openai::kAzureExample,
    .url_ends = openai::kAzureUrlEnds,
    .complain_of_url = openai::complain_of_azure_url,
    .own_urls = kOwnUrls,
    .completed = kCompleted,
    .shown_variables = kVariables,
    .settings = kSettings,
    .notes = kNotes,
    .read = read,
};

Lacks lacks_of_speech(const SpeechResource& speech) {
  Lacks lacks;
  if (!speech.url.empty()) return lacks;
  if (speech.key.empty()) lacks.settings.push_back({"/speech/key", "AZURE_SPEECH_KEY", "the key of a Speech resource"});
  if (speech.region.empty()) lacks.settings.push_back({"/speech/region", "AZURE_SPEECH_REGION", "the region of the Speech resource, such as \"westeurope\""});
  return lacks;
}

/// Returns the settings that `task` needs and the profile lacks: those of Azure Speech or of Azure OpenAI, which are separate resources.
Lacks lacks_of(const ProviderProfile& provider, Task task) {
  if (task == Task::Listen || task == Task::Speak) return lacks_of_speech(speech_of(provider));
  Lacks lacks;
  if (provider.base_url.empty()) lacks.settings.push_back({"/base_url", "AZURE_OPENAI_ENDPOINT", openai::kAzureAllowed});
  if (provider.api_key.empty()) lacks.settings.push_back({"/api_key", "AZURE_OPENAI_KEY", "the key of the Azure OpenAI resource"});
  if (task != Task::Think || !provider.models.chat.empty()) return lacks;
  lacks.settings.push_back({"/deployment", "AZURE_OPENAI_DEPLOYMENT", "the name of a deployment"});
  if (lacks.settings.size() < 3) return lacks;
  lacks.allowed = "a provider with AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_KEY and AZURE_OPENAI_DEPLOYMENT";
  lacks.advice = "set these three variables, or name a provider that thinks in MODEL_PROVIDER";
  return lacks;
}

Remarks judge_realtime(const ProviderProfile& provider, bool has_regions) {
  Remarks remarks = openai::judge_azure_realtime(provider, has_regions);
  remarks.push_back({"/models/realtime", "Azure Speech speaks Offhook's own sentences, such as the greeting, in another voice than the model's"});
  return remarks;
}

constexpr std::array kQuestions{
    ProviderQuestion{.variable = "AZURE_SPEECH_KEY", .pointer = "/speech/key", .text = "Key of the Speech resource",
                     .why = "In the portal: the resource, Keys and Endpoint.",
                     .example = "0a1b2c3d...", .is_secret = true, .use = AnswerUse::Speech},
    ProviderQuestion{.variable = "AZURE_SPEECH_REGION", .pointer = "/speech/region", .text = "Region of the Speech resource",
                     .why = "In the portal: beside the key.",
                     .example = "westeurope", .use = AnswerUse::Speech},
    ProviderQuestion{.variable = "AZURE_OPENAI_ENDPOINT", .pointer = "/base_url", .text = "Endpoint of the Azure OpenAI resource",
                     .why = "In the portal: the resource, Keys and Endpoint. Its model thinks.",
                     .example = openai::kAzureExample, .use = AnswerUse::Model},
    ProviderQuestion{.variable = "AZURE_OPENAI_KEY", .pointer = "/api_key", .text = "Key of the Azure OpenAI resource",
                     .why = "It is not the key of the Speech resource.",
                     .example = "0a1b2c3d...", .is_secret = true, .use = AnswerUse::Model},
    ProviderQuestion{.variable = "AZURE_OPENAI_DEPLOYMENT", .pointer = "/deployment", .text = "Deployment of a chat model",
                     .why = "Its name, as you gave it when you deployed the model.",
                     .example = "gpt-4o-mini", .use = AnswerUse::Model},
};

KeyTrial speech_trial(const ProviderProfile& provider) {
  const SpeechResource speech = speech_of(provider);
  KeyTrial trial;
  trial.request = request_to(server_of(provider), Service::Synthesis, "/cognitiveservices/voices/list");
  trial.request.method = "GET";
  trial.whom = "Azure Speech in " + (speech.url.empty() ? speech.region : speech.url);
  return trial;
}

/// Returns one trial for each resource that is used.
std::vector<KeyTrial> key_trials(const ProviderProfile& provider) {
  const SpeechResource speech = speech_of(provider);
  std::vector<KeyTrial> trials;
  if (!speech.region.empty() || !speech.url.empty()) trials.push_back(speech_trial(provider));
  if (!provider.base_url.empty()) trials.push_back(openai::azure_key_trial(provider));
  return trials;
}

}  // namespace

constinit const Provider kAzure{
    .name = "azure",
    .title = "Azure",
    .page = "docs/azure.md",
    .config = kConfig,
    .sessions = {.abilities = {.realtime = Ability::ByModel, .listen = Ability::Always, .think = Ability::ByModel, .speak = Ability::Always},
            .lacks = lacks_of,
            .judge_realtime = judge_realtime,
            .only_language = "en-US"},  // The service detects only languages that its request names.
    .voices = &kVoices,
    .realtime_voices = &openai::kVoices,
    .setup = {.questions = kQuestions, .thinks_beside = true, .speaks_beside = true, .trials = key_trials},
    .parts = parts,
};

}  // namespace offhook::inline v0::agent::azure
