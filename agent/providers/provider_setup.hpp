#pragma once

#include <offhook/agent/profile/provider_profile.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

struct KeyTrial;

/// Whether `offhook setup` requires an answer.
enum class Need : std::uint8_t {
  Always,
  Optional,  ///< the answer "none" leaves the setting out
  IfSet,     ///< the question is asked only if its variable is set, because it is rarely needed
};
/// The parts of a provider that need an answer: some providers have one resource for speech and another for models.
enum class AnswerUse : std::uint8_t { All, Speech, Model };

struct ProviderQuestion {
  std::string_view variable, pointer;  ///< the setting's environment variable, and its place in the provider's object: "/speech/key"
  std::string_view text, why;
  std::string_view example{};
  std::string_view usual{};
  bool is_secret = false;
  Need need = Need::Always;
  AnswerUse use = AnswerUse::All;
  std::string_view not_beside{};       ///< another kind, to which the variable belongs if a person chooses both kinds; "": none
  std::string_view only_with{};        ///< the variable's value is the default of the question only if this variable is set too; "": always
};

/// The provider's part of `offhook setup`.
struct ProviderSetup {
  std::span<const ProviderQuestion> questions{};
  bool thinks_beside = false, speaks_beside = false;  ///< true: with the answers, it can think, or listen and speak, as the second provider of an agent
  /// Returns free requests that succeed only with a valid key, for setup's test of the key. Null: there is no such request.
  std::vector<KeyTrial> (*trials)(const ProviderProfile& provider) = nullptr;
};

}  // namespace offhook::inline v0::agent
