#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::azure {

/// Returns the parts of the kind Azure. Azure Speech listens and speaks, over WebSockets or, when those are refused, over HTTP.
/// Azure OpenAI thinks, and hears and speaks itself.
[[nodiscard]] ProviderParts parts();

}  // namespace offhook::inline v0::agent::azure
