#pragma once

#include <offhook/agent/providers/provider.hpp>

namespace offhook::inline v0::agent::openai {

/// The kinds "openai", "azure_openai", and "openai_compatible" for other servers with the same interface.
extern const Provider kOpenAi, kAzureOpenAi, kOpenAiCompatible;

/// Sets the quirks in `out` that the provider's object contains.
void read_quirks(const JsonValue& object, ProviderQuirks& out);

/// Returns a request for the list of models. The base URL must end in the version, such as /v1.
[[nodiscard]] std::vector<KeyTrial> key_trials(const ProviderProfile& provider);

}  // namespace offhook::inline v0::agent::openai
