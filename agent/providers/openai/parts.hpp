#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::openai {

/// Returns the parts of the kind OpenAi: all parts.
[[nodiscard]] ProviderParts parts();
/// Returns the parts of the kinds AzureOpenAi and OpenAiCompatible. A part that the server lacks fails when it is used. There is no
/// live listener: a compatible server rarely has one, and that of Azure OpenAI was never tested. These kinds listen over HTTP only.
[[nodiscard]] ProviderParts compatible_parts();

}  // namespace offhook::inline v0::agent::openai
