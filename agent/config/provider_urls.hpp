#pragma once

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/profile/provider_profile.hpp>

#include <optional>
#include <string>
#include <string_view>

/// Converts the addresses of providers that people paste into the form that each kind needs.
namespace offhook::inline v0::agent::config {

/// The default address of OpenAI.
inline constexpr std::string_view kOpenAiUrl = "https://api.openai.com/v1";

/// Describes a base URL of this kind in words for people: "a URL such as \"https://NAME.openai.azure.com\"".
[[nodiscard]] std::string allowed_base(ProviderKind kind);

/// Returns `url` without an end that is certainly below the base, and that Offhook appends itself: "/v1" of Ollama and Deepgram,
/// "/openai/v1" of Azure, "/chat/completions" of OpenAI and similar servers.
[[nodiscard]] std::string base_of_url(ProviderKind kind, std::string_view url);

/// Explains what is wrong with a base URL that is a URL; nullopt when it can be used. Does not quote the URL.
[[nodiscard]] std::optional<Complaint> complain_of_base(ProviderKind kind, std::string_view url);

}  // namespace offhook::inline v0::agent::config
