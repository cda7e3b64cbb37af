#pragma once

#include <offhook/agent/config/config.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

/// One provider, from what is written of it to a profile.
namespace offhook::inline v0::agent::config {

inline constexpr std::array kProviderKinds{ProviderKind::Local,       ProviderKind::OpenAi,           ProviderKind::Azure, ProviderKind::Deepgram, ProviderKind::Ollama,
                                           ProviderKind::AzureOpenAi, ProviderKind::OpenAiCompatible};
[[nodiscard]] std::optional<ProviderKind> kind_named(std::string_view name);

/// Completes `tree`, the checked value of /providers/`name`, with what the environment says and with what we know of its kind. What
/// one that is used lacks is told. Nothing when nobody can say what it speaks.
[[nodiscard]] std::optional<ProviderProfile> complete_provider(const std::string& name, JsonValue& tree, bool is_used, const Sources& sources,
                                                               Effective& effective);

/// What a completed tree says; `config_path` is where its paths start.
[[nodiscard]] ProviderProfile read_provider(const std::string& name, ProviderKind kind, const JsonValue& tree, const std::optional<std::string>& config_path);

}  // namespace offhook::inline v0::agent::config
