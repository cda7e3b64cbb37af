#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::openai {

/// Returns the parts of the kind "openai": all parts.
[[nodiscard]] const ProviderParts& parts();
/// Returns the parts of the kinds "azure_openai" and "openai_compatible". A part that the server lacks fails when it is used. There is no
/// live listener: a compatible server rarely has one, and that of Azure OpenAI was never tested. These kinds listen over HTTP only.
[[nodiscard]] const ProviderParts& compatible_parts();

}  // namespace offhook::inline v0::agent::openai
