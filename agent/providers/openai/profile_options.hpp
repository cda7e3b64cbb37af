#pragma once

#include <offhook/agent/provider_profile.hpp>
#include <offhook/agent/providers/openai/model_request.hpp>
#include <offhook/agent/providers/openai/realtime_options.hpp>
#include <offhook/agent/providers/openai/server.hpp>

/// What a provider's profile says, in the words of each of its interfaces.
namespace offhook::inline v0::agent::openai {

/// Azure's addresses name the deployment instead of the model: /openai/deployments/NAME/...
[[nodiscard]] Server server_of(const ProviderProfile& provider);
[[nodiscard]] ModelOptions model_options(const ProviderProfile& provider);
/// Without the voice and the format, which are a call's.
[[nodiscard]] realtime::RealtimeOptions realtime_options(const ProviderProfile& provider);

}  // namespace offhook::inline v0::agent::openai
