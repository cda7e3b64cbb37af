#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::ollama {

/// Returns the parts of the kind "ollama": a Thinker only.
[[nodiscard]] const ProviderParts& parts();

}  // namespace offhook::inline v0::agent::ollama
