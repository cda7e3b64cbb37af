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
  Optional,  ///< "none" omits it
  IfSet,     ///< asked only when its variable is set, because it is rarely needed
};
/// The use of an answer, for a provider with one resource for speech and another for models.
enum class AnswerUse : std::uint8_t { All, Speech, Model };

struct ProviderQuestion {
  std::string_view variable, pointer;  ///< of the setting, within the provider's object: "/speech/key"
  std::string_view text, why;
  std::string_view example{};
  std::string_view usual{};
  bool is_secret = false;
  Need need = Need::Always;
  AnswerUse use = AnswerUse::All;
  std::string_view not_beside{};       ///< another kind, which owns the variable if a person chooses both kinds; "": none
  std::string_view only_with{};        ///< the variable's value is a default only when this variable is set too; "": always
};

/// The provider's part of `offhook setup`.
struct ProviderSetup {
  std::span<const ProviderQuestion> questions{};
  bool thinks_beside = false, speaks_beside = false;  ///< true: with these answers it can think, or listen and speak, beside another provider
  /// Returns free requests that succeed only with a valid key; setup sends them to test the key. Null: no such request exists.
  std::vector<KeyTrial> (*trials)(const ProviderProfile& provider) = nullptr;
};

}  // namespace offhook::inline v0::agent
