#pragma once

#include <offhook/agent/profile/provider_profile.hpp>
#include <offhook/agent/support/problem.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// A task of a provider in a session.
enum class Task : std::uint8_t { Realtime, Listen, Think, Speak };

enum class Ability : std::uint8_t {
  No,
  ByModel,  ///< only with a configured model
  Always,
};

struct Abilities {
  Ability realtime = Ability::No, listen = Ability::No, think = Ability::No, speak = Ability::No;

  [[nodiscard]] Ability of(Task task) const;
};

/// The sessions of an agent that names only this provider.
enum class UsualSessions : std::uint8_t {
  Cascade,   ///< a realtime session if the provider can hold one, and always a cascade
  Realtime,  ///< a realtime session, and a cascade if the provider can do each part of it
  Thinker,   ///< a cascade in which the provider thinks; local parts listen and speak if it cannot
};

/// A setting without which the provider cannot do a task.
struct Lack {
  std::string_view pointer, variable, allowed;
};
struct Lacks {
  std::vector<Lack> settings{};
  /// Texts of the error if all settings of the task are missing: the operator may mean another provider; "": the error is about one missing setting.
  std::string_view allowed{}, advice{};
};

/// Warnings about the use of the provider in an agent's sessions. Warning::where begins with '/' for a setting of the provider ("/models/chat"), and
/// without for a setting of the agent ("regions").
using Remarks = std::vector<Warning>;

/// The use of the provider in an agent's sessions.
struct ProviderSessions {
  Abilities abilities{};
  UsualSessions usual = UsualSessions::Cascade;
  /// Returns the settings that `task` needs and that are missing. Null: each task needs only its model.
  Lacks (*lacks)(const ProviderProfile& provider, Task task) = nullptr;
  /// Returns the warnings about a realtime session. `has_regions`: the agent limits the regions of its providers. Null: no warnings.
  Remarks (*judge_realtime)(const ProviderProfile& provider, bool has_regions) = nullptr;
  /// Returns the warning for an agent with a realtime session as its only session, and without a transfer to a person. Null: no warning.
  std::string (*judge_alone)(const ProviderProfile& provider) = nullptr;
  /// Returns true if the listener understands several languages when the agent names no language. Null: it understands only one.
  bool (*hears_several)(const ProviderProfile& provider) = nullptr;
  std::string_view only_language{};       ///< the language to which it listens if the agent names no language; "": no fixed language
  /// Returns a text about the fault if the listening model does not understand `language`; otherwise "". Null: the model understands all languages.
  std::string (*judge_language)(const ProviderProfile& provider, std::string_view language) = nullptr;
  bool realtime_is_monolingual = false;   ///< true: the listener and the voice of a realtime session do not follow the caller's language
  bool realtime_has_transcript = false;   ///< true: realtime sessions always have a transcript of the caller
};

}  // namespace offhook::inline v0::agent
