#pragma once

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/agent/agents/sound_cache.hpp>
#include <offhook/agent/config/nested.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// One agent while its profile is made. A Draft gives the agent's settings and their places, and collects the problems.
class Draft {
 public:
  /// `entry` is an entry of /agents; /agent gives the settings that the entry omits. nullptr means /agent itself.
  Draft(const config::Effective& effective, const DirectorySources& sources, const JsonValue* entry, std::size_t index,
        SoundCache& sounds, BuiltDirectory& out);

  [[nodiscard]] const config::AgentSettings& settings() const { return settings_; }
  [[nodiscard]] const config::Effective& effective() const { return effective_; }
  [[nodiscard]] const DirectorySources& sources() const { return sources_; }
  [[nodiscard]] const JsonValue* entry() const { return entry_; }
  /// Returns true if the agent's own entry of /agents has this setting.
  [[nodiscard]] bool says(std::string_view name) const { return entry_ != nullptr && member(*entry_, name) != nullptr; }
  /// Returns the place of a setting of this agent, in words for people.
  [[nodiscard]] std::string where(std::string_view name) const;
  [[nodiscard]] SoundCache& sounds() { return sounds_; }
  [[nodiscard]] ProviderPtr provider(std::string_view name) const;

  /// Adds a problem, unless it is there already: several agents may share one setting.
  void report(Problem problem);
  void warn(Warning warning);

 private:
  const config::Effective& effective_;
  const DirectorySources& sources_;
  const JsonValue* entry_;
  std::string pointer_;
  config::AgentSettings settings_;
  SoundCache& sounds_;
  BuiltDirectory& out_;
};

// Each of these functions fills in a part of the profile.
void draft_sessions(Draft& draft, AgentProfile& out);
void draft_tools(Draft& draft, const std::optional<std::vector<std::string>>& of_file, AgentProfile& out);
void draft_prompt(Draft& draft, AgentProfile& out);
/// Use it after draft_sessions() and draft_prompt().
void draft_languages(Draft& draft, AgentProfile& out);
void warn_of_languages(Draft& draft, const AgentProfile& profile);
void warn_of_voices(Draft& draft, const AgentProfile& profile);
/// Checks that each session can understand the caller's yes. Use it after draft_sessions() and draft_prompt().
void check_confirmation(Draft& draft, const AgentProfile& profile);
/// Fills in fallback, context, limits, codecs, sentences and music on hold.
void draft_rest(Draft& draft, AgentProfile& out);

}  // namespace offhook::inline v0::agent
