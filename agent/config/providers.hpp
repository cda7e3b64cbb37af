#pragma once

#include <offhook/agent/config/config.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// From what is written of providers, what is in the environment and what we know of them: ProviderProfiles.
namespace offhook::inline v0::agent::config {

/// The provider where nothing names one: "openai" when OPENAI_API_KEY is set, else "local".
[[nodiscard]] std::string usual_provider(const Environment& environment);

/// Where a provider is named.
struct ProviderUse {
  std::string where, name;
};
/// All places of the agents that name one, in the order of the file. `config` has its agents, not yet its providers.
[[nodiscard]] std::vector<ProviderUse> provider_uses(const Effective& effective);

/// Completes `tree`, the checked value of /providers, with those of ours that are used and with what the environment says, and
/// makes config.providers of it. A used provider that lacks a setting is a
/// problem. Where no setting names the provider of /agent, it is usual_provider().
void resolve_providers(JsonValue& tree, const Sources& sources, Effective& effective);

[[nodiscard]] ProviderPtr find_provider(const Config& config, std::string_view name);
/// True when the URL's host is this machine.
[[nodiscard]] bool is_loopback_url(std::string_view url);

}  // namespace offhook::inline v0::agent::config
