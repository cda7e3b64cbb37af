#include <offhook/agent/config/settings_tables.hpp>
#include <offhook/agent/providers/registry/registry.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

/// The settings of one provider: settings that several kinds have, and settings of one kind.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kModelMembers{
    Setting{.name = "realtime", .least = 1, .most = kMaxName, .meaning = "the model that hears and speaks itself"},
    Setting{.name = "chat", .least = 1, .most = kMaxName, .meaning = "the model that thinks"},
    Setting{.name = "transcription", .least = 1, .most = kMaxName, .meaning = "the model that turns speech into text"},
    Setting{.name = "speech", .least = 1, .most = kMaxName, .meaning = "the model that turns text into speech"},
};

constexpr std::array kQuirkMembers{
    Setting{.name = "max_tokens", .shape = Shape::Choice, .choices = "max_completion_tokens max_tokens none",
            .unset = "else `max_completion_tokens`",
            .meaning = "the name of the field that limits the length of a reply; `none`: Offhook sends no such field"},
    Setting{.name = "stream_options", .shape = Shape::Flag, .unset = "else `true`",
            .meaning = "whether the server accepts the field `stream_options`"},
    Setting{.name = "tool_choice", .shape = Shape::Flag, .unset = "else `true`",
            .meaning = "whether the server accepts the field `tool_choice`"},
    Setting{.name = "developer_role", .shape = Shape::Flag, .unset = "else `true`",
            .meaning = "whether the server knows the role `developer`; otherwise Offhook sends rules with the role `system`"},
    Setting{.name = "starts_in_thought", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether answers begin inside a thought, of which the server sends only the closing `</think>`"},
};

constexpr std::array kReplyMembers{
    Setting{.name = "max_tokens", .shape = Shape::Whole, .least = 16, .most = 65536, .unit = "tokens", .unset = "the model's default",
            .meaning = "the longest reply, including the tokens of the model's thoughts before it"},
    Setting{.name = "reasoning_effort", .shape = Shape::Choice, .choices = "none minimal low medium high", .unset = "the model's default",
            .meaning = "how much a reasoning model thinks before it speaks; the caller waits for it"},
    Setting{.name = "service_tier", .shape = Shape::Choice, .choices = "auto default flex priority", .unset = "the project's default",
            .meaning = "the queue of the provider for these requests; `priority` is quicker and costs more"},
};

constexpr std::array kRealtimeMembers{
    Setting{.name = "turn_detection", .shape = Shape::Choice, .choices = "ours server semantic", .unset = "`ours`",
            .meaning = "what finds the end of the caller's turn. `ours`: Offhook, which sends sound only while the caller speaks. "
                       "`server` and `semantic`: the provider, to which Offhook sends all sound, and which charges for it"},
    Setting{.name = "eagerness", .shape = Shape::Choice, .choices = "auto low medium high", .unset = "`auto`",
            .meaning = "for `semantic`: how soon the provider takes the caller's turn as finished"},
    Setting{.name = "noise_reduction", .shape = Shape::Choice, .choices = "none near_field far_field", .unset = "`none`",
            .meaning = "the noise that the provider removes before its model listens; `near_field` is for a handset, `far_field` for a "
                       "room"},
    Setting{.name = "speed_percent", .shape = Shape::Whole, .least = 25, .most = 150, .unit = "percent", .unset = "100",
            .meaning = "the speed of the speech"},
    Setting{.name = "max_tokens", .shape = Shape::Whole, .least = 1, .most = 4096, .unit = "tokens", .unset = "the model's default",
            .meaning = "the longest response; a second of speech is about 20 tokens"},
    Setting{.name = "transcription", .shape = Shape::Flag, .unset = "`true`",
            .meaning = "whether `models/transcription` writes down what callers say. The provider charges for it. Without it, records and "
                       "transcripts have no words of the caller, the next provider does not get them, and no caller can confirm a tool by "
                       "voice"},
    Setting{.name = "reasoning_effort", .shape = Shape::Choice, .choices = "minimal low medium high xhigh", .unset = "the model's default",
            .meaning = "how much a reasoning model (`gpt-realtime-2`) thinks before it speaks. The caller waits for it, and the provider "
                       "charges for its tokens"},
    Setting{.name = "truncation", .shape = Shape::Choice, .choices = "auto disabled retention_ratio", .unset = "the provider's default, `auto`",
            .meaning = "what the provider does with a conversation that is too long. `auto`: it removes the oldest part. "
                       "`retention_ratio`: it removes more at once, so that its cache holds the rest longer. `disabled`: the reply fails"},
    Setting{.name = "retention_percent", .shape = Shape::Whole, .least = 0, .most = 100, .unit = "percent", .unset = "80",
            .meaning = "for `retention_ratio`: how much of the conversation stays when the provider removes a part"},
    Setting{.name = "context_tokens", .shape = Shape::Whole, .least = 1000, .most = 131072, .unit = "tokens", .unset = "the model's limit",
            .meaning = "for `retention_ratio`: the longest conversation after the instructions. The provider charges each reply for all of "
                       "it. With a lower value, a reply costs less and the model forgets sooner"},
};

/// The settings that stand before those of each kind.
constexpr std::array kFirstMembers{
    Setting{.name = "kind", .shape = Shape::Choice, .unset = "the provider's name, if it is one of these",
            .meaning = "the protocol of the provider"},
    Setting{.name = "base_url", .shape = Shape::Url, .least = 1, .most = kMaxUrl,
            .meaning = "the provider's address, such as `http://127.0.0.1:8000/v1`"},
    Setting{.name = "api_key", .shape = Shape::Key, .least = 1, .most = kMaxKey,
            .unset = "none", .meaning = "the provider's key", .secret = true},
    Setting{.name = "region", .shape = Shape::Name,
            .meaning = "the region in which the provider computes, in a word of yours such as `eu`"},
    Setting{.name = "voice", .least = 1, .most = kMaxName, .unset = "the nearest voice (docs/voices.md)",
            .meaning = "the provider's voice if the agent's voice belongs to another provider"},
    Setting{.name = "models", .shape = Shape::Object,
            .meaning = "the provider's models", .members = kModelMembers},
};
/// The settings that stand after those of each kind. If a meaning is empty here, it consists only of the notes of the kinds.
constexpr std::array kLastMembers{
    Setting{.name = "api", .shape = Shape::Choice, .choices = "chat responses", .unset = "`chat`",
            .meaning = "the interface of the provider that thinks"},
    Setting{.name = "reply", .shape = Shape::Object,
            .meaning = "how much the chat model thinks and says", .members = kReplyMembers},
    Setting{.name = "realtime", .shape = Shape::Object,
            .meaning = "settings of a model that hears and speaks itself", .members = kRealtimeMembers},
    Setting{.name = "quirks", .shape = Shape::Object,
            .meaning = "the differences of a compatible server", .members = kQuirkMembers},
    Setting{.name = "deployment", .least = 1, .most = kMaxName, .unset = "none", .meaning = ""},
    Setting{.name = "api_version", .least = 1, .most = kMaxName, .unset = "none: the current interface", .meaning = ""},
    Setting{.name = "ca_file", .least = 1, .most = kMaxPath, .unset = "the system's certificates",
            .meaning = "the file of the authorities' certificates that Offhook trusts for this provider (PEM)"},
};

std::string joined(const std::vector<std::string_view>& words, std::string_view between, std::string_view last) {
  std::string all;
  for (std::size_t i = 0; i < words.size(); ++i) all.append(i == 0 ? "" : i + 1 < words.size() ? between : last).append(words[i]);
  return all;
}

void add_new(std::string_view word, std::vector<std::string_view>& out) {
  if (!word.empty() && std::find(out.begin(), out.end(), word) == out.end()) out.push_back(word);
}

/// Owns the table, which it makes from the tables above and from the descriptions of all kinds.
class ProviderMembers {
 public:
  ProviderMembers() {
    std::vector<Setting> members = with_notes(kFirstMembers, "");
    for (const Provider* kind : provider_kinds()) members.insert(members.end(), kind->config.settings.begin(), kind->config.settings.end());
    const auto last = with_notes(kLastMembers, "");
    members.insert(members.end(), last.begin(), last.end());
    all_ = keep(std::move(members));
  }
  [[nodiscard]] std::span<const Setting> all() const { return all_; }

 private:
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  std::span<const Setting> keep(std::vector<Setting> settings) { return tables_.emplace_back(std::move(settings)); }

  std::vector<Setting> with_notes(std::span<const Setting> plain, const std::string& at) {
    std::vector<Setting> settings(plain.begin(), plain.end());
    for (Setting& setting : settings) {
      const std::string pointer = at + "/" + std::string(setting.name);
      add_notes(setting, pointer);
      setting.members = keep(with_notes(setting.members, pointer));
    }
    return settings;
  }

  void add_notes(Setting& setting, std::string_view pointer) {
    std::vector<std::string_view> variables, unset;
    std::string meaning(setting.meaning);
    for (const Provider* kind : provider_kinds()) {
      for (const CompletedSetting& each : kind->config.completed) {
        if (each.pointer == pointer) add_new(each.variable, variables);
      }
      for (const SettingNote& note : kind->config.notes) {
        if (note.pointer != pointer) continue;
        add_new(note.unset, unset);
        meaning += note.meaning;
      }
    }
    add_new(setting.unset, unset);
    if (pointer == "/kind") setting.choices = keep(joined(kinds_where([](const Provider& kind) { return !kind.is_local; }), " ", " ") + " " + std::string(local_kind().name));
    if (pointer == "/models/speech") meaning += ". For " + joined(kinds_where([](const Provider& kind) { return !kind.is_local && kind.sessions.abilities.speak == Ability::Always; }), ", ", " and ") + ", the voice is enough";
    setting.environment = keep(joined(variables, ", ", ", "));
    setting.unset = keep(joined(unset, ", ", ", "));
    setting.meaning = keep(std::move(meaning));
  }

  std::deque<std::string> texts_;
  std::deque<std::vector<Setting>> tables_;
  std::span<const Setting> all_;
};

}  // namespace

std::span<const Setting> provider_settings() {
  static const ProviderMembers members;
  return members.all();
}

}  // namespace offhook::inline v0::agent::config
