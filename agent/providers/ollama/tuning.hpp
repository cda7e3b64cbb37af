#pragma once

#include <offhook/agent/profile/provider_profile.hpp>

#include <chrono>
#include <cstdint>

namespace offhook::inline v0::agent::ollama {

/// The settings of Ollama's model.
struct Tuning {
  std::int64_t context_tokens = 8192;   ///< tokens of prompt, history and answer together
  std::chrono::minutes keep_alive{30};  ///< time that the model stays loaded after each answer

  friend bool operator==(const Tuning&, const Tuning&) = default;
};

/// Returns the defaults for a profile without settings of this kind.
[[nodiscard]] inline Tuning tuning_of(const ProviderProfile& provider) {
  const auto* tuning = std::any_cast<Tuning>(&provider.own);
  return tuning != nullptr ? *tuning : Tuning{};
}

}  // namespace offhook::inline v0::agent::ollama
