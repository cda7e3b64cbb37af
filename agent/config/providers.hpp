#pragma once

#include <offhook/agent/config/config.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Makes the ProviderProfiles from the configuration, the environment and the defaults.
namespace offhook::inline v0::agent::config {

/// Returns the default provider, for a configuration that names none: the first kind whose ProviderConfig::default_variable
/// is set in `environment`, otherwise "local".
[[nodiscard]] std::string usual_provider(const Environment& environment);

/// A setting that names a provider.
struct ProviderUse {
  std::string where, name;
};
/// Returns all settings of the agents that name a provider, in the order of the file. `config` has its agents already, but not its providers.
[[nodiscard]] std::vector<ProviderUse> provider_uses(const Effective& effective);

/// Completes `tree`, the checked value of /providers, with the built-in providers in use and with the environment, and makes config.providers from
/// it. Reports each setting that a used provider lacks. If no setting names the provider of /agent, it is usual_provider().
void resolve_providers(JsonValue& tree, const Sources& sources, Effective& effective);

[[nodiscard]] ProviderPtr find_provider(const Config& config, std::string_view name);
/// Returns true when the URL's host is this machine.
[[nodiscard]] bool is_loopback_url(std::string_view url);

}  // namespace offhook::inline v0::agent::config
