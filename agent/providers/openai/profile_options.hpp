#pragma once

#include <offhook/agent/provider_profile.hpp>
#include <offhook/agent/providers/openai/model_request.hpp>
#include <offhook/agent/providers/openai/realtime_options.hpp>
#include <offhook/agent/providers/openai/server.hpp>

/// What a provider's profile says, in the words of each of its interfaces.
namespace offhook::inline v0::agent::openai {

/// Where `model` is asked. Of Azure it is a deployment, which dated interfaces have in their addresses.
[[nodiscard]] Server server_of(const ProviderProfile& provider, const std::string& model);
[[nodiscard]] ModelOptions model_options(const ProviderProfile& provider);
/// Without the voice and the format, which are a call's.
[[nodiscard]] realtime::RealtimeOptions realtime_options(const ProviderProfile& provider);

}  // namespace offhook::inline v0::agent::openai
