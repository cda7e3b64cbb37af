#pragma once

#include <offhook/agent/profile/provider_profile.hpp>
#include <offhook/agent/providers/azure/server.hpp>
#include <offhook/agent/support/secret.hpp>

#include <string>

namespace offhook::inline v0::agent::azure {

/// The resource of Azure Speech. The language models are in another resource, of Azure OpenAI, whose address is the provider's base URL.
struct SpeechResource {
  std::string region, url;  ///< `region`: for example "westeurope"; `url`: a resource's own host or a container, without a slash at the end
  Secret key;       ///< may be empty when `url` is set
};

/// Returns the Azure Speech resource of a provider; an empty resource if its profile has no settings of this kind.
[[nodiscard]] inline SpeechResource speech_of(const ProviderProfile& provider) {
  const auto* speech = std::any_cast<SpeechResource>(&provider.own);
  return speech != nullptr ? *speech : SpeechResource{};
}

[[nodiscard]] inline Server server_of(const ProviderProfile& provider) {
  const SpeechResource speech = speech_of(provider);
  Server server;
  server.region = speech.region;
  server.endpoint = speech.url;
  server.key = speech.key;
  return server;
}

}  // namespace offhook::inline v0::agent::azure
