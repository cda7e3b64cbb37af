#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::azure {

/// Of the kind Azure: listens and speaks by Azure Speech over WebSockets, and by HTTP when those are refused; thinks, and holds whole conversations, by Azure OpenAI.
[[nodiscard]] ProviderParts parts();

}  // namespace offhook::inline v0::agent::azure
