#pragma once

#include <offhook/agent/profile/provider_profile.hpp>
#include <offhook/agent/providers/openai/model_request.hpp>
#include <offhook/agent/providers/openai/realtime_options.hpp>
#include <offhook/agent/providers/openai/server.hpp>

/// Converts a provider's profile to the options of each interface.
namespace offhook::inline v0::agent::openai {

/// Returns the address and the key for `model`. For Azure, `model` is a deployment, which the address of the older interfaces contains.
[[nodiscard]] Server server_of(const ProviderProfile& provider, const std::string& model);
[[nodiscard]] ModelOptions model_options(const ProviderProfile& provider);
/// Returns the options of realtime sessions, without the voice and the format, which depend on the call.
[[nodiscard]] realtime::RealtimeOptions realtime_options(const ProviderProfile& provider);

}  // namespace offhook::inline v0::agent::openai
