#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent::azure {

/// Returns the parts of the kind "azure". Azure Speech listens and speaks, over WebSockets or, when those are refused, over HTTP.
/// Azure OpenAI thinks, and hears and speaks itself.
[[nodiscard]] const ProviderParts& parts();
/// Returns the profile of the provider's models, which are at Azure OpenAI. In this profile, `deployment` names the realtime model; in the profile of
/// the kind "azure" it names the model that thinks.
[[nodiscard]] ProviderProfile models_of(const ProviderProfile& provider);

}  // namespace offhook::inline v0::agent::azure
