#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::deepgram {

/// Returns the parts of the kind "deepgram". It listens and speaks over WebSockets, or over HTTP when those fail. Its Voice Agent hears,
/// thinks and speaks itself.
[[nodiscard]] const ProviderParts& parts();

}  // namespace offhook::inline v0::agent::deepgram
