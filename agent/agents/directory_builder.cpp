#include <offhook/agent/agents/directory_builder.hpp>

#include <offhook/agent/agents/draft.hpp>
#include <offhook/agent/agents/draft_servers.hpp>
#include <offhook/agent/config/settings.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

namespace {


/// Returns the settings of `base`, replaced by those in `entry`. A prompt or prompt_file in `entry` replaces both of these settings, and a
/// provider in `entry` replaces the sessions too.
config::AgentSettings overlaid(const config::AgentSettings& base, const JsonValue& entry) {
  config::Config scratch;
  scratch.agent = base;
  const auto says = [&entry](const char* name) { return member(entry, name) != nullptr; };
  if (says("prompt") || says("prompt_file")) {
    scratch.agent.prompt.clear();
    scratch.agent.prompt_file.clear();
  }
  if (says("provider")) {
    scratch.agent.sessions = {};
    scratch.agent.model_provider.clear();
    scratch.agent.speech_provider.clear();
  }
  if (says("language")) scratch.agent.languages = {};
  if (says("languages")) scratch.agent.language.clear();
  for (const auto& [name, value] : entry.members) {
    const config::Setting* setting = config::find_setting("agent", name);
    if (setting != nullptr) setting->field.set(scratch, value);
  }
  return std::move(scratch.agent);
}

AgentMatch match_of(const JsonValue& entry) {
  AgentMatch match;
  const JsonValue* written = member(entry, "match");
  if (written == nullptr) return match;
  const auto pattern = [](const JsonValue& object, const char* name) -> std::optional<Pattern> {
    const JsonValue* value = member(object, name);
    return value != nullptr ? std::optional(Pattern::of(value->text)) : std::nullopt;
  };
  match.called = pattern(*written, "called");
  match.caller = pattern(*written, "caller");
  if (const JsonValue* verified = member(*written, "verified")) match.verified = verified->flag;
  if (const JsonValue* header = member(*written, "header")) {
    match.header_name = text_of(*header, "name");
    match.header = pattern(*header, "value");
  }
  return match;
}

std::shared_ptr<const AgentProfile> profile_of(Draft& draft, std::string name) {
  auto profile = std::make_shared<AgentProfile>();
  profile->name = std::move(name);
  const std::string& dialogue = draft.settings().dialogue;
  profile->dialogue = dialogue.empty() ? draft.sources().default_dialogue : config::beside(draft.sources().config_path, dialogue);
  profile->voice = draft.settings().voice;
  profile->language = draft.settings().language;
  profile->regions = draft.settings().regions;
  for (const JsonValue& phrase : draft.settings().phrases.items) profile->phrases.push_back(text_of(phrase, "phrase"));
  draft_sessions(draft, *profile);
  draft_prompt(draft, *profile);
  draft_languages(draft, *profile);
  warn_of_languages(draft, *profile);
  warn_of_voices(draft, *profile);
  check_confirmation(draft, *profile);
  draft_rest(draft, *profile);
  return profile;
}

/// Adds the problem, unless it is there already: several agents may share one setting. Skips a problem if `effective` has one at the same place or below it.
void report_once(const config::Effective& effective, Problem problem, BuiltDirectory& out) {
  const auto is_inside = [&problem](const Problem& other) {
    return other.where == problem.where || other.where.starts_with(problem.where + "/");
  };
  if (std::any_of(effective.problems.begin(), effective.problems.end(), is_inside)) return;
  if (std::find(out.problems.begin(), out.problems.end(), problem) == out.problems.end())
    out.problems.push_back(std::move(problem));
}

/// Finds entries that can never be chosen, and entries with the name of another agent.
void check_entries(const config::Effective& effective, BuiltDirectory& out) {
  const auto& entries = effective.config.agents.items;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string where = "/agents/" + std::to_string(i);
    const std::string name = text_of(entries[i], "name");
    const JsonValue* match = member(entries[i], "match");
    const auto is_earlier = [&](auto same) {
      return std::any_of(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(i), same);
    };
    if (!name.empty() && (name == "agent" || is_earlier([&](const JsonValue& other) { return text_of(other, "name") == name; })))
      report_once(effective, {where + "/name", "the name of another agent", "a name that no other agent has, and not \"agent\"", "rename it"},
                out);
    if (match == nullptr) continue;
    if (match_of(entries[i]).takes_all())
      report_once(effective,
                {where + "/match", "no condition", "called, caller, header, or verified with true", "name one; /agent takes the calls that no other agent takes"}, out);
    else if (is_earlier([&](const JsonValue& other) {
               return member(other, "match") != nullptr && *member(other, "match") == *match;
             }))
      out.warnings.push_back({where + "/match", "an earlier agent has the same conditions: this agent gets no calls"});
  }
}

}  // namespace

Draft::Draft(const config::Effective& effective, const DirectorySources& sources, const JsonValue* entry, std::size_t index,
             SoundCache& sounds, BuiltDirectory& out)
    : effective_(effective),
      sources_(sources),
      entry_(entry),
      pointer_(entry != nullptr ? "/agents/" + std::to_string(index) : "/agent"),
      settings_(entry != nullptr ? overlaid(effective.config.agent, *entry) : effective.config.agent),
      sounds_(sounds),
      out_(out) {}

std::string Draft::where(std::string_view name) const {
  if (entry_ != nullptr && member(*entry_, name) != nullptr) return pointer_ + "/" + std::string(name);
  return config::where_of(effective_, "/agent/" + std::string(name));
}

ProviderPtr Draft::provider(std::string_view name) const {
  for (const ProviderPtr& each : effective_.config.providers) {
    if (each->name == name) return each;
  }
  return nullptr;
}

void Draft::report(Problem problem) {
  report_once(effective_, std::move(problem), out_);
}

void Draft::warn(Warning warning) {
  if (std::find(out_.warnings.begin(), out_.warnings.end(), warning) == out_.warnings.end())
    out_.warnings.push_back(std::move(warning));
}

BuiltDirectory build_directory(const config::Effective& effective, const DirectorySources& sources) {
  BuiltDirectory out;
  const auto& written = effective.config.agents.items;
  SoundCache sounds;
  Draft usual(effective, sources, nullptr, 0, sounds, out);
  auto otherwise = profile_of(usual, "agent");
  std::vector<AgentDirectory::Entry> entries;
  for (std::size_t i = 0; i < written.size(); ++i) {
    Draft draft(effective, sources, &written[i], i, sounds, out);
    entries.push_back({match_of(written[i]), profile_of(draft, text_of(written[i], "name"))});
  }
  check_entries(effective, out);
  std::vector<AgentDirectory::Profile> profiles{otherwise};
  for (const auto& entry : entries) profiles.push_back(entry.profile);
  auto servers = draft_servers(effective, sources, profiles, out);
  if (out.problems.empty()) out.directory = std::make_shared<const AgentDirectory>(std::move(entries), std::move(otherwise), std::move(servers));
  shorten(out.problems);
  return out;
}

}  // namespace offhook::inline v0::agent
