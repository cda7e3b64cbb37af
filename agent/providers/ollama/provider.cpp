#include <offhook/agent/providers/ollama/provider.hpp>

#include <offhook/agent/providers/ollama/key_trial.hpp>
#include <offhook/agent/providers/ollama/parts.hpp>
#include <offhook/agent/providers/ollama/tuning.hpp>
#include <offhook/agent/settings/read_value.hpp>

#include <array>

namespace offhook::inline v0::agent::ollama {

namespace {

using config::Setting;
using config::Shape;

constexpr std::string_view kUrl = "http://127.0.0.1:11434";

// Ends that are removed from a URL. The first match counts, so a longer text is before a text that is its end.
constexpr auto kUrlEnds = std::to_array<std::string_view>({"/v1/chat/completions", "/api/chat", "/api/generate", "/api/tags", "/api", "/v1"});

constexpr std::array kCompleted{
    CompletedSetting{.pointer = "/base_url", .variable = "OLLAMA_BASE_URL", .usual = [](const JsonValue&) { return std::string(kUrl); }},
    CompletedSetting{.pointer = "/models/chat", .variable = "OLLAMA_MODEL", .needed = "a model that `ollama list` shows, such as \"llama3.2\""},
};

constexpr std::array kVariables{
    ProviderVariable{"OLLAMA_BASE_URL", "/providers/ollama/base_url"},
    ProviderVariable{"OLLAMA_MODEL", "/providers/ollama/models/chat"},
};

constexpr std::array kMembers{
    Setting{.name = "context_tokens", .shape = Shape::Whole, .least = 1024, .most = 131072, .unit = "tokens", .unset = "8192",
            .meaning = "the space for prompt, history and answer together. It takes memory of the server. The model forgets the beginning "
                       "of a longer text"},
    Setting{.name = "keep_alive_minutes", .shape = Shape::Whole, .least = 1, .most = 10080, .unit = "minutes", .unset = "30",
            .meaning = "how long the model stays loaded after an answer. A caller waits while the server loads it again"},
};
constexpr std::array kSettings{
    Setting{.name = "ollama", .shape = Shape::Object, .meaning = "for ollama: how it keeps its model in memory", .members = kMembers},
};

constexpr std::array kNotes{SettingNote{.pointer = "/base_url", .unset = "`http://127.0.0.1:11434` for ollama"}};

void read(const JsonValue& object, ProviderProfile& out) {
  const JsonValue* written = member(object, "ollama");
  if (written == nullptr) return;
  Tuning tuning;
  config::take_whole(*written, "context_tokens", tuning.context_tokens);
  config::take_whole(*written, "keep_alive_minutes", tuning.keep_alive);
  out.own = tuning;
}

constexpr ProviderConfig kConfig{
    .example_url = kUrl,
    .url_ends = kUrlEnds,
    .completed = kCompleted,
    .shown_variables = kVariables,
    .settings = kSettings,
    .notes = kNotes,
    .read = read,
};

constexpr std::array kQuestions{
    ProviderQuestion{.variable = "OLLAMA_BASE_URL", .pointer = "/base_url", .text = "Address of Ollama",
                     .why = "If Ollama runs on this machine, keep this address.",
                     .example = kUrl, .usual = kUrl},
    ProviderQuestion{.variable = "OLLAMA_MODEL", .pointer = "/models/chat", .text = "Model of Ollama",
                     .why = "A model that `ollama list` shows.",
                     .example = "llama3.2"},
};

}  // namespace

constinit const Provider kOllama{
    .name = "ollama",
    .title = "Ollama",
    .page = "docs/ollama.md",
    .config = kConfig,
    .sessions = {.abilities = {.think = Ability::ByModel}, .usual = UsualSessions::Thinker},
    .setup = {.questions = kQuestions, .thinks_beside = true, .trials = key_trials},
    .parts = parts,
};

}  // namespace offhook::inline v0::agent::ollama
