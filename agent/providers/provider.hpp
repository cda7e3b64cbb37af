#pragma once

#include <offhook/agent/profile/agent_profile.hpp>
#include <offhook/agent/providers/provider_config.hpp>
#include <offhook/agent/providers/provider_sessions.hpp>
#include <offhook/agent/providers/provider_setup.hpp>
#include <offhook/agent/providers/voice_family.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <string_view>

/// The description of a kind of provider. Each provider is one folder that defines one, and one line of registry/registry.cpp.
namespace offhook::inline v0::agent {

struct ProviderParts;

/// Everything that Offhook knows of a kind of provider.
struct Provider {
  std::string_view name;              ///< the kind in the configuration
  std::string_view title, page;       ///< for people: the name of the vendor or of the service, and its page "docs/NAME.md"
  bool is_local = false;              ///< true: it computes in this process, and follows a dialogue file: no key, no region, no model
  const ProviderConfig& config;
  ProviderSessions sessions{};
  const VoiceFamily* voices = nullptr;           ///< null: the provider does not speak
  const VoiceFamily* realtime_voices = nullptr;  ///< voices of its realtime sessions; null: `voices`
  ProviderSetup setup{};
  const ProviderParts& (*parts)() = nullptr;
};

/// Returns true when a language model gets the prompt and the tools in at least one of the profile's sessions.
[[nodiscard]] bool has_language_model(const AgentProfile& profile);
/// Returns true when at least one of the profile's sessions uses a provider of `kind`.
[[nodiscard]] bool uses(const AgentProfile& profile, const Provider& kind);
/// Returns the longest silence after which the service ends a turn, in a realtime session if `talks` is true; nullopt if the conversation ends turns.
[[nodiscard]] std::optional<base::Duration> ends_turns(const AgentProfile& profile, const ProviderProfile& provider, bool talks);

/// Returns the only language that a voice of this kind speaks, such as "de"; "" if the voice follows the text, or its language is not known.
[[nodiscard]] std::string_view language_of_voice(const Provider& kind, std::string_view voice);

}  // namespace offhook::inline v0::agent
