#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::ollama {

/// Of the kind Ollama: thinks.
[[nodiscard]] ProviderParts parts();

}  // namespace offhook::inline v0::agent::ollama
