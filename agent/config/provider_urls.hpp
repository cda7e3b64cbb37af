#pragma once

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/provider_profile.hpp>

#include <optional>
#include <string>
#include <string_view>

/// Addresses of providers, as people paste them and as each kind wants them.
namespace offhook::inline v0::agent::config {

/// Where OpenAI is, unless somebody says otherwise.
inline constexpr std::string_view kOpenAiUrl = "https://api.openai.com/v1";

/// What a base URL of this kind looks like, for people: "a URL such as \"https://NAME.openai.azure.com\"".
[[nodiscard]] std::string allowed_base(ProviderKind kind);

/// `url` without an end that stands below the base beyond doubt, and that we write ourselves: "/v1" of Ollama and Deepgram, "/openai/v1" of
/// Azure, "/chat/completions" of OpenAI and those like it.
[[nodiscard]] std::string base_of_url(ProviderKind kind, std::string_view url);

/// What is wrong with a base URL that is a URL; nothing when it will do. Quotes nothing of it.
[[nodiscard]] std::optional<Complaint> complain_of_base(ProviderKind kind, std::string_view url);

}  // namespace offhook::inline v0::agent::config
