#pragma once

#include <offhook/agent/profile/provider_profile.hpp>
#include <offhook/agent/providers/key_trial.hpp>

#include <vector>

namespace offhook::inline v0::agent::ollama {

/// Returns a request for the list of models, which must contain the configured model.
[[nodiscard]] std::vector<KeyTrial> key_trials(const ProviderProfile& provider);

}  // namespace offhook::inline v0::agent::ollama
