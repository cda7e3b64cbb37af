#pragma once

#include <offhook/agent/providers/registry/registry.hpp>

#include <string_view>
#include <vector>

/// The questions to a person about the chosen providers.
namespace offhook::inline v0::agent::setup {

struct AskedQuestion : ProviderQuestion {
  const Provider* kind;
};

/// Returns the questions about all kinds of providers, in the order of the kinds.
[[nodiscard]] const std::vector<AskedQuestion>& provider_questions();

/// Returns the names of the kinds that a person can choose; `local` needs no answers.
[[nodiscard]] const std::vector<std::string_view>& provider_choices();
/// These functions return the names of the kinds that can be a second provider: thinkers() as the language model, speakers() as recogniser and voice.
[[nodiscard]] const std::vector<std::string_view>& thinkers();
[[nodiscard]] const std::vector<std::string_view>& speakers();

}  // namespace offhook::inline v0::agent::setup
