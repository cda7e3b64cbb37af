#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::openai {

/// Of OpenAI itself: all parts.
[[nodiscard]] ProviderParts parts();
/// Of the kinds AzureOpenAi and OpenAiCompatible. What a server does not have fails when it is asked; a compatible one rarely has a live
/// listener, and Azure OpenAI's was never tried: they are listened to by HTTP alone.
[[nodiscard]] ProviderParts compatible_parts();

}  // namespace offhook::inline v0::agent::openai
