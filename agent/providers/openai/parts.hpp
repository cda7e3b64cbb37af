#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::openai {

/// Of the kinds OpenAi, AzureOpenAi and OpenAiCompatible: all four parts. What a server does not have fails when it is asked.
[[nodiscard]] ProviderParts parts();

}  // namespace offhook::inline v0::agent::openai
