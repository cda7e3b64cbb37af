#pragma once

#include <offhook/agent/providers/key_trial.hpp>
#include <offhook/agent/providers/provider.hpp>

#include <array>
#include <optional>
#include <string_view>

/// The rules for a resource of Azure OpenAI. The kind "azure" has such a resource for its models.
namespace offhook::inline v0::agent::openai {

inline constexpr std::string_view kAzureExample = "https://NAME.openai.azure.com", kAzureAllowed = "a URL such as \"https://NAME.openai.azure.com\"";

// Ends that are removed from a URL. The first match counts, so a longer text is before a text that is its end.
inline constexpr auto kAzureUrlEnds =
    std::to_array<std::string_view>({"/openai/v1/chat/completions", "/openai/v1/responses", "/openai/v1/realtime", "/openai/v1", "/openai"});

/// Returns a complaint if `url` is a target URI. Azure's portal shows one for each deployment; it addresses a single API, often with a fixed date.
[[nodiscard]] std::optional<config::Complaint> complain_of_azure_url(std::string_view url);

[[nodiscard]] KeyTrial azure_key_trial(const ProviderProfile& provider);

/// Returns a warning if realtime sessions have no transcription model.
[[nodiscard]] Remarks judge_azure_realtime(const ProviderProfile& provider, bool has_regions);

}  // namespace offhook::inline v0::agent::openai
