#pragma once

#include <offhook/agent/config/config.hpp>
#include <offhook/agent/providers/provider.hpp>

#include <optional>
#include <string>

/// Makes the profile of one provider from its settings.
namespace offhook::inline v0::agent::config {

/// Completes `tree`, the checked value of /providers/`name`, from the environment and the defaults of its kind. If the provider is used, reports the
/// settings that it lacks. Returns nullopt if the provider's kind is unknown.
[[nodiscard]] std::optional<ProviderProfile> complete_provider(const std::string& name, JsonValue& tree, bool is_used, const Sources& sources,
                                                               Effective& effective);

/// Makes the profile from a completed tree; relative paths in it start at `config_path`.
[[nodiscard]] ProviderProfile read_provider(const std::string& name, const Provider& kind, const JsonValue& tree, const std::optional<std::string>& config_path);

}  // namespace offhook::inline v0::agent::config
