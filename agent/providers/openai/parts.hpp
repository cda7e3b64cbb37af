#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::openai {

/// Returns the parts of the kind "openai", which has all parts.
[[nodiscard]] const ProviderParts& parts();
/// Returns the parts of the kinds "azure_openai" and "openai_compatible". A part for which the server has no interface fails when it is used. These
/// kinds listen over HTTP only: compatible servers rarely offer live transcription, and that of Azure OpenAI was never tested.
[[nodiscard]] const ProviderParts& compatible_parts();

}  // namespace offhook::inline v0::agent::openai
