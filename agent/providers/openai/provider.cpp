#include <offhook/agent/providers/openai/provider.hpp>

#include <offhook/agent/providers/key_trial.hpp>
#include <offhook/agent/providers/openai/parts.hpp>
#include <offhook/agent/providers/openai/url_ends.hpp>
#include <offhook/agent/providers/openai/voices.hpp>
#include <offhook/agent/settings/read_value.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace offhook::inline v0::agent::openai {

namespace {

constexpr std::string_view kUrl = "https://api.openai.com/v1";

constexpr std::array kCompleted{
    CompletedSetting{.pointer = "/api_key", .variable = "OPENAI_API_KEY", .needed = "the key of an OpenAI project"},
    CompletedSetting{.pointer = "/base_url", .variable = "OPENAI_BASE_URL", .usual = [](const JsonValue&) { return std::string(kUrl); }},
};

constexpr std::array kVariables{
    ProviderVariable{"OPENAI_API_KEY", "/providers/openai/api_key"},
    ProviderVariable{"OPENAI_BASE_URL", "/providers/openai_compatible/base_url"},
    ProviderVariable{"OPENAI_MODEL", "/providers/openai_compatible/models/chat"},
    ProviderVariable{"AZURE_OPENAI_ENDPOINT", "/providers/azure_openai/base_url"},
    ProviderVariable{"AZURE_OPENAI_KEY", "/providers/azure_openai/api_key"},
    ProviderVariable{"AZURE_OPENAI_DEPLOYMENT", "/providers/azure_openai/deployment"},
};

constexpr std::array kNotes{
    SettingNote{.pointer = "/models/realtime", .unset = "`gpt-realtime` for openai"},
    SettingNote{.pointer = "/models/chat", .unset = "`gpt-4o-mini` for openai"},
    SettingNote{.pointer = "/models/transcription", .unset = "`gpt-4o-mini-transcribe` for openai"},
    SettingNote{.pointer = "/models/speech", .unset = "`gpt-4o-mini-tts` for openai"},
    SettingNote{.pointer = "/base_url", .unset = "`https://api.openai.com/v1` for openai"},
    SettingNote{.pointer = "/api_key", .meaning = "; `\"${OPENAI_API_KEY}\"` or `\"${file:/run/secrets/openai}\"` is better than the key itself"},
    SettingNote{.pointer = "/quirks", .meaning = " from OpenAI"},
};

void set_usual(std::string& model, std::string_view usual) {
  if (model.empty()) model = usual;
}

void read(const JsonValue& object, ProviderProfile& out) {
  set_usual(out.models.realtime, "gpt-realtime");
  set_usual(out.models.chat, "gpt-4o-mini");
  set_usual(out.models.transcription, "gpt-4o-mini-transcribe");
  set_usual(out.models.speech, "gpt-4o-mini-tts");
  read_quirks(object, out.quirks);
}

/// Returns true for a model that is known to refuse a session with `reasoning`.
bool never_reasons(std::string_view model) {
  constexpr std::string_view kFamilies[] = {"gpt-realtime-mini", "gpt-realtime-1", "gpt-realtime-2025", "gpt-4o-"};
  return model == "gpt-realtime" || std::any_of(std::begin(kFamilies), std::end(kFamilies), [model](std::string_view family) { return model.starts_with(family); });
}

std::vector<Problem> judge(const ProviderProfile& provider) {
  if (provider.realtime.reasoning_effort.empty() || !never_reasons(provider.models.realtime)) return {};
  return {{"/realtime/reasoning_effort", "a setting of models that reason, for " + provider.models.realtime, "this setting with a model such as gpt-realtime-2",
           "remove it, or name such a model in models/realtime"}};
}

constexpr ProviderConfig kConfig{
    .example_url = kUrl,
    .url_ends = kUrlEnds,
    .completed = kCompleted,
    .variables = ProviderConfig::Variables::WithoutHost,
    .shown_variables = kVariables,
    .default_variable = "OPENAI_API_KEY",
    .notes = kNotes,
    .read = read,
    .judge = judge,
};

constexpr std::array kQuestions{
    ProviderQuestion{.variable = "OPENAI_API_KEY", .pointer = "/api_key", .text = "Key of an OpenAI project",
                     .why = "It begins with sk-. OpenAI charges for each minute of a call: docs/openai.md.",
                     .example = "sk-proj-...", .is_secret = true},
    ProviderQuestion{.variable = "OPENAI_BASE_URL", .pointer = "/base_url", .text = "Address of OpenAI",
                     .why = "OPENAI_BASE_URL is set: Offhook sends the key to this address.",
                     .example = kUrl, .need = Need::IfSet, .not_beside = "openai_compatible"},
};

}  // namespace

void read_quirks(const JsonValue& object, ProviderQuirks& out) {
  const JsonValue* quirks = member(object, "quirks");
  if (quirks == nullptr) return;
  if (const auto name = text_of(*quirks, "max_tokens"); !name.empty()) out.max_tokens = name == "none" ? "" : name;
  config::take_flag(*quirks, "stream_options", out.stream_options);
  config::take_flag(*quirks, "tool_choice", out.tool_choice);
  config::take_flag(*quirks, "developer_role", out.developer_role);
  config::take_flag(*quirks, "starts_in_thought", out.starts_in_thought);
}

std::vector<KeyTrial> key_trials(const ProviderProfile& provider) {
  KeyTrial trial = trial_of(provider.base_url + "/models", provider.base_url, "Authorization", provider.api_key.empty() ? "" : "Bearer " + provider.api_key.reveal());
  trial.not_found = "check the base URL, which usually ends in /v1";
  return {trial};
}

constinit const Provider kOpenAi{
    .name = "openai",
    .title = "OpenAI",
    .page = "docs/openai.md",
    .config = kConfig,
    .sessions = {.abilities = {.realtime = Ability::ByModel, .listen = Ability::ByModel, .think = Ability::ByModel, .speak = Ability::ByModel},
            .usual = UsualSessions::Realtime,
            .hears_several = [](const ProviderProfile&) { return true; }},
    .voices = &kVoices,
    .setup = {.questions = kQuestions, .thinks_beside = true, .speaks_beside = true, .trials = key_trials},
    .parts = parts,
};

}  // namespace offhook::inline v0::agent::openai
