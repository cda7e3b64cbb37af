#pragma once

#include <offhook/agent/profile/provider_profile.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::deepgram {

/// The settings of a provider of the kind "deepgram", except those that all kinds have.
struct Tuning {
  enum class TurnEnd : std::uint8_t { Ours, Flux };
  std::optional<std::int64_t> endpointing_ms;            ///< silence after which words are final; 0: never; nullopt: Deepgram's default
  bool smart_format = false, numerals = false;
  bool mip_opt_out = false;                              ///< true: Deepgram may not use the audio to improve its models
  std::string tag;                                       ///< label for the account's usage reports
  std::string agent_url = "https://agent.deepgram.com";  ///< address of the Voice Agent
  std::string thinks_by;                                 ///< provider of the model that thinks in the Voice Agent: "open_ai", "anthropic"; "": Deepgram's default
  TurnEnd turn_end = TurnEnd::Flux;                      ///< when Flux listens: the side that ends the caller's turn
  std::int64_t eot_threshold_percent = 70;               ///< for Flux: 50..90
  std::int64_t eager_eot_threshold_percent = 0;          ///< for Flux: 30..90; 0: Flux reports no eager end of a turn
  std::int64_t eot_timeout_ms = 2500;                    ///< for Flux: 500..60000

  friend bool operator==(const Tuning&, const Tuning&) = default;
};

/// Returns the defaults for a profile without settings of this kind.
[[nodiscard]] inline Tuning tuning_of(const ProviderProfile& provider) {
  const auto* tuning = std::any_cast<Tuning>(&provider.own);
  return tuning != nullptr ? *tuning : Tuning{};
}

}  // namespace offhook::inline v0::agent::deepgram
