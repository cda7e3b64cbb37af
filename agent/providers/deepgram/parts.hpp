#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::deepgram {

/// Returns the parts of the kind Deepgram. It listens and speaks over WebSockets, or over HTTP when those are refused. Its Voice
/// Agent hears and speaks itself.
[[nodiscard]] ProviderParts parts();

}  // namespace offhook::inline v0::agent::deepgram
