#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::azure {

/// Returns the parts of the kind "azure". Azure Speech listens and speaks, over WebSockets or, when those fail, over HTTP. Azure OpenAI
/// thinks, and has realtime models, which hear and speak themselves.
[[nodiscard]] const ProviderParts& parts();
/// Returns a profile for the provider's realtime model at Azure OpenAI. In it, `deployment` names the realtime model; in `provider`, it names the model
/// that thinks.
[[nodiscard]] ProviderProfile models_of(const ProviderProfile& provider);

}  // namespace offhook::inline v0::agent::azure
