#pragma once

#include <offhook/agent/agents/book_builder.hpp>
#include <offhook/agent/agents/sound_shelf.hpp>
#include <offhook/agent/config/nested.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// One agent on its way from settings to a profile: what is said of it, where it was said, and what is wrong with it.
class Draft {
 public:
  /// `entry`: of /agents, what it does not say is taken from /agent; nullptr for /agent itself.
  Draft(const config::Effective& effective, const BookSources& sources, const config::JsonValue* entry, std::size_t index,
        SoundShelf& sounds, BuiltBook& out);

  [[nodiscard]] const config::AgentSettings& settings() const { return settings_; }
  [[nodiscard]] const config::Effective& effective() const { return effective_; }
  [[nodiscard]] const BookSources& sources() const { return sources_; }
  [[nodiscard]] const config::JsonValue* entry() const { return entry_; }
  /// An entry of /agents says that itself.
  [[nodiscard]] bool says(std::string_view name) const { return entry_ != nullptr && config::member(*entry_, name) != nullptr; }
  /// Where a setting of this agent is told, for people.
  [[nodiscard]] std::string where(std::string_view name) const;
  [[nodiscard]] SoundShelf& sounds() { return sounds_; }
  [[nodiscard]] ProviderPtr provider(std::string_view name) const;

  /// Each problem once, though agents share what is said of all.
  void tell(config::Problem problem);
  void warn(config::Warning warning);

 private:
  const config::Effective& effective_;
  const BookSources& sources_;
  const config::JsonValue* entry_;
  std::string pointer_;
  config::AgentSettings settings_;
  SoundShelf& sounds_;
  BuiltBook& out_;
};

// Each fills in a part of the profile.
void draft_sessions(Draft& draft, AgentProfile& out);
void draft_tools(Draft& draft, const std::optional<std::vector<std::string>>& of_file, AgentProfile& out);
void draft_prompt(Draft& draft, AgentProfile& out);
/// After sessions and prompt.
void draft_languages(Draft& draft, AgentProfile& out);
void warn_of_languages(Draft& draft, const AgentProfile& profile);
void warn_of_voices(Draft& draft, const AgentProfile& profile);
/// After sessions and prompt: whether the caller's yes can be understood in each session.
void check_confirmation(Draft& draft, const AgentProfile& profile);
/// Fallback, context, limits, codecs, sentences, music on hold.
void draft_rest(Draft& draft, AgentProfile& out);

}  // namespace offhook::inline v0::agent
