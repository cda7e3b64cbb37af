#pragma once

#include <offhook/agent/profile/agent_profile.hpp>
#include <offhook/agent/providers/provider_config.hpp>
#include <offhook/agent/providers/provider_sessions.hpp>
#include <offhook/agent/providers/provider_setup.hpp>
#include <offhook/agent/providers/voice_family.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <string_view>

/// The description of a kind of provider. Each kind is one folder that defines a Provider, and one line of registry/registry.cpp.
namespace offhook::inline v0::agent {

struct ProviderParts;

/// All data and functions of a kind of provider.
struct Provider {
  std::string_view name;              ///< the kind in the configuration
  std::string_view title, page;       ///< for people: the name of the vendor or of the service, and its page "docs/NAME.md"
  bool is_local = false;              ///< true: it runs in this process and follows a dialogue file, without a key, a region or a model
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
/// Returns the longest silence after which the provider's service ends a turn; nullopt if the conversation ends turns. `talks`: in a realtime session.
[[nodiscard]] std::optional<base::Duration> ends_turns(const AgentProfile& profile, const ProviderProfile& provider, bool talks);

/// Returns the only language that `voice` speaks, such as "de"; "" if the voice follows the text, or if its language is not known.
[[nodiscard]] std::string_view language_of_voice(const Provider& kind, std::string_view voice);

}  // namespace offhook::inline v0::agent
