#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::deepgram {

/// Of the kind Deepgram: listens and speaks over WebSockets, and by HTTP when those are refused; holds whole conversations by its Voice Agent.
[[nodiscard]] ProviderParts parts();

}  // namespace offhook::inline v0::agent::deepgram
