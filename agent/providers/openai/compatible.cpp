#include <offhook/agent/providers/key_trial.hpp>
#include <offhook/agent/providers/openai/parts.hpp>
#include <offhook/agent/providers/openai/provider.hpp>
#include <offhook/agent/providers/openai/url_ends.hpp>
#include <offhook/agent/providers/openai/voices.hpp>

#include <array>

namespace offhook::inline v0::agent::openai {

namespace {

constexpr std::string_view kCompatibleExample = "http://127.0.0.1:8000/v1";

// OPENAI_API_KEY is used only with OPENAI_BASE_URL, so that a key for OpenAI does not go to another server.
constexpr std::array kCompatibleCompleted{
    CompletedSetting{.pointer = "/base_url", .variable = "OPENAI_BASE_URL", .needed = "a URL such as \"http://127.0.0.1:8000/v1\""},
    CompletedSetting{.pointer = "/api_key", .variable = "OPENAI_API_KEY", .only_with = "OPENAI_BASE_URL"},
    CompletedSetting{.pointer = "/models/chat", .variable = "OPENAI_MODEL"},
};

constexpr std::array kCompatibleNotes{
    SettingNote{.pointer = "/models/chat", .meaning = ". `OPENAI_MODEL` is for openai_compatible only"},
    SettingNote{.pointer = "/quirks/max_tokens", .unset = "`max_tokens` for openai_compatible"},
    SettingNote{.pointer = "/quirks/stream_options", .unset = "`false` for openai_compatible"},
    SettingNote{.pointer = "/quirks/tool_choice", .unset = "`false` for openai_compatible"},
    SettingNote{.pointer = "/quirks/developer_role", .unset = "`false` for openai_compatible"},
};

constexpr ProviderConfig kCompatibleConfig{
    .example_url = kCompatibleExample,
    .url_ends = kUrlEnds,
    .completed = kCompatibleCompleted,
    .variables = ProviderConfig::Variables::OfAll,
    .notes = kCompatibleNotes,
    .read = [](const JsonValue& object, ProviderProfile& out) {
      out.quirks = {"max_tokens", false, false, false, false};
      read_quirks(object, out.quirks);
    },
};

constexpr std::array kCompatibleQuestions{
    ProviderQuestion{.variable = "OPENAI_BASE_URL", .pointer = "/base_url", .text = "Address of the server",
                     .why = "Its base URL: docs/compatible.md.",
                     .example = kCompatibleExample},
    ProviderQuestion{.variable = "OPENAI_API_KEY", .pointer = "/api_key", .text = "Key of the server",
                     .why = "`none` if the server needs no key.", .is_secret = true, .need = Need::Optional,
                     .not_beside = "openai", .only_with = "OPENAI_BASE_URL"},
    ProviderQuestion{.variable = "OPENAI_MODEL", .pointer = "/models/chat", .text = "Model of the server",
                     .why = "The name of a model that the server has.",
                     .example = "qwen3-8b"},
};

}  // namespace

constinit const Provider kOpenAiCompatible{
    .name = "openai_compatible",
    .title = "a server with OpenAI's interface",
    .page = "docs/compatible.md",
    .config = kCompatibleConfig,
    .sessions = {.abilities = {.realtime = Ability::ByModel, .listen = Ability::ByModel, .think = Ability::ByModel, .speak = Ability::ByModel},
            .usual = UsualSessions::Thinker,
            .hears_several = [](const ProviderProfile&) { return true; }},
    .voices = &kCompatibleVoices,
    .setup = {.questions = kCompatibleQuestions, .thinks_beside = true, .trials = key_trials},
    .parts = compatible_parts,
};

}  // namespace offhook::inline v0::agent::openai
