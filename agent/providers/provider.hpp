#pragma once

#include <offhook/agent/profile/agent_profile.hpp>
#include <offhook/agent/settings/setting.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The description of a kind of provider. Each provider is one folder that defines one, and one line of registry/registry.cpp.
namespace offhook::inline v0::agent {

struct KeyTrial;
struct ProviderParts;

/// A task of a provider in a session.
enum class Task : std::uint8_t { Realtime, Listen, Think, Speak };

enum class Ability : std::uint8_t {
  No,
  ByModel,  ///< with a configured model
  Always,
};

struct Abilities {
  Ability realtime = Ability::No, listen = Ability::No, think = Ability::No, speak = Ability::No;

  [[nodiscard]] Ability of(Task task) const;
};

/// The sessions of an agent that names only this provider.
enum class UsualSessions : std::uint8_t {
  Cascade,   ///< a realtime session if it can hold one, and a cascade in any case
  Realtime,  ///< a realtime session, and a cascade if it can do each part of one
  Thinker,   ///< a cascade in which it thinks; local parts listen and speak where it cannot
};

/// A setting that has a variable or a default, or that the provider needs.
struct CompletedSetting {
  std::string_view pointer;                                            ///< within the provider's object: "/models/chat"
  std::string_view variable{};                                         ///< sets it if the file does not; "": none
  std::string_view only_with{};                                        ///< the variable counts only where this one, of an earlier entry, was taken; "": always
  std::string (*usual)(const config::JsonValue& object) = nullptr;     ///< returns the default; null: none
  std::string_view needed{};                                           ///< the value that a used provider must have, in words; "": it may be absent
  bool (*is_needed)(const config::JsonValue& object) = nullptr;        ///< null: always
};

/// A variable, and the setting that `offhook help` names for it.
struct ProviderVariable {
  std::string_view name, pointer;
};

/// The provider's part of the documentation of a setting that several providers have.
struct SettingNote {
  std::string_view pointer;    ///< within the provider's object
  std::string_view unset{};    ///< its default
  std::string_view meaning{};  ///< the end of the meaning
};

/// An address beside the base URL.
struct OwnUrl {
  std::string_view pointer, key;  ///< of the address, and of the key that is sent to it
  bool is_base = false;           ///< true: the rules of the base URL hold
};

/// The rules for the settings of a provider in the configuration.
struct ProviderConfig {
  std::string_view example_url = "https://host.example";  ///< for people
  std::span<const std::string_view> url_ends{};           ///< paths that Offhook appends to the base URL itself; a longer one comes before its end
  /// Returns what is wrong with a base URL without its query; null: no rule.
  std::optional<config::Complaint> (*complain_of_url)(std::string_view url) = nullptr;
  std::span<const OwnUrl> own_urls{};
  std::span<const CompletedSetting> completed{};
  /// The provider for which the variables count: the one that has the kind's name, because another has its own host and key.
  enum class Variables : std::uint8_t { OfItsName, WithoutHost, OfAll };
  Variables variables = Variables::OfItsName;             ///< WithoutHost: also one whose host the file does not set
  std::span<const ProviderVariable> shown_variables{};    ///< in `offhook help`: each variable of the folder's kinds once
  std::string_view default_variable{};                    ///< an agent that names no provider has this one when this variable is set; "": never
  std::span<const config::Setting> settings{};            ///< settings that no other provider has
  std::span<const SettingNote> notes{};
  /// Completes a profile whose common settings were read from `object`. Null: nothing to do.
  void (*read)(const config::JsonValue& object, ProviderProfile& out) = nullptr;
  /// Returns the mistakes in a used profile; `where` is a pointer within its object. Null: there are none.
  std::vector<config::Problem> (*judge)(const ProviderProfile& provider) = nullptr;
};

/// A setting without which the provider cannot do a task.
struct Lack {
  std::string_view pointer, variable, allowed;
};
struct Lacks {
  std::vector<Lack> settings{};
  /// The error's texts when none of the task's settings is present, because the operator may mean another provider; "": the same error as for one.
  std::string_view allowed{}, advice{};
};

/// A warning about the use of the provider in an agent's sessions. `where`: "/models/chat" is a setting of the provider, "regions" one of the agent.
using Remarks = std::vector<config::Warning>;

/// What the provider does in an agent's sessions.
struct ProviderSessions {
  Abilities abilities{};
  UsualSessions usual = UsualSessions::Cascade;
  /// Returns the missing settings of a task that has its own ones; null: the models are all that a task needs.
  Lacks (*lacks)(const ProviderProfile& provider, Task task) = nullptr;
  /// Returns the warnings about a realtime session; `has_regions`: the agent limits the regions of its providers. Null: none.
  Remarks (*judge_realtime)(const ProviderProfile& provider, bool has_regions) = nullptr;
  /// Returns the warning when a realtime session is the only session, without a transfer to a person. Null: none.
  std::string (*judge_alone)(const ProviderProfile& provider) = nullptr;
  /// Returns true when the listener understands more than one language while the agent names none. Null: it does not.
  bool (*hears_several)(const ProviderProfile& provider) = nullptr;
  std::string_view only_language{};       ///< the language that it listens to while the agent names none; "": no fixed one
  /// Returns what is wrong with the listening model for a language of the callers; "": nothing. Null: never anything.
  std::string (*judge_language)(const ProviderProfile& provider, std::string_view language) = nullptr;
  bool realtime_is_monolingual = false;   ///< true: the listener and the voice of a realtime session do not follow the caller's language
  bool realtime_has_transcript = false;   ///< true: realtime sessions always have a transcript of the caller
};

/// The languages for which a voice is chosen.
struct VoiceLanguages {
  std::string_view language{};               ///< BCP 47; "": not known
  std::span<const std::string> languages{};  ///< those that callers may speak then, the most likely first
  /// Returns the language that is spoken most likely; "": any.
  [[nodiscard]] std::string_view likely() const { return language.empty() && !languages.empty() ? std::string_view(languages.front()) : language; }
};

/// The names of a provider's voices.
struct VoiceFamily {
  bool (*has_form)(std::string_view voice) = nullptr;                      ///< null: its names have no form, and are those that no other family has
  bool (*is_certain)(std::string_view voice) = nullptr;                    ///< null: each name of the form is certainly one of its voices
  std::string_view (*given_name)(std::string_view voice) = nullptr;        ///< returns "apollo" for "aura-2-apollo-en"; null: the whole name
  std::span<const std::string_view> men{};                                 ///< given names of men; all others count as women
  /// Returns the voice for a wanted one of another provider, or for none ("").
  std::string (*nearest)(std::string_view wanted, bool is_man, const VoiceLanguages& spoken) = nullptr;
  std::string_view (*language_of)(std::string_view voice) = nullptr;       ///< returns the only language of a voice, "": it follows the text; null: each does
  /// Returns the voice that replaces one that only realtime sessions have; "" when there is no need. Null: there are no such voices.
  std::string (*instead)(std::string_view voice, bool is_man, const VoiceLanguages& spoken) = nullptr;
  std::string_view realtime_name{};                                        ///< the sessions that have these voices, for people
};

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
  std::string_view not_beside{};       ///< another kind, whose variable it is when a person chooses both; "": none
  std::string_view only_with{};        ///< the variable's value is a default only when this variable is set too; "": always
};

/// The provider's part of `offhook setup`.
struct ProviderSetup {
  std::span<const ProviderQuestion> questions{};
  bool thinks_beside = false, speaks_beside = false;  ///< true: with these answers it can think, or listen and speak, beside another provider
  /// Returns requests that cost nothing, and that need the key. Null: there are none.
  std::vector<KeyTrial> (*trials)(const ProviderProfile& provider) = nullptr;
};

/// Everything that Offhook knows of a kind of provider.
struct Provider {
  std::string_view name;              ///< the kind in the configuration
  std::string_view title, page;       ///< for people: the name of the vendor or of the service, and its page "docs/NAME.md"
  bool is_local = false;              ///< true: it computes in this process, and follows a dialogue file: no key, no region, no model
  const ProviderConfig& config;
  ProviderSessions sessions{};
  const VoiceFamily* voices = nullptr;           ///< null: it does not speak
  const VoiceFamily* realtime_voices = nullptr;  ///< voices of its realtime sessions; null: `voices`
  ProviderSetup setup{};
  const ProviderParts& (*parts)() = nullptr;
};

/// Returns true when a language model gets the prompt and the tools in at least one of the profile's sessions.
[[nodiscard]] bool has_language_model(const AgentProfile& profile);
/// Returns true when at least one of the profile's sessions uses a provider of `kind`.
[[nodiscard]] bool uses(const AgentProfile& profile, const Provider& kind);
/// Returns the longest silence after which the service ends a turn, in a realtime session if `talks` is true; nullopt if the conversation does.
[[nodiscard]] std::optional<base::Duration> ends_turns(const AgentProfile& profile, const ProviderProfile& provider, bool talks);

/// Returns the only language that a voice of this kind speaks, such as "de"; "" if it follows the text, or is not known.
[[nodiscard]] std::string_view language_of_voice(const Provider& kind, std::string_view voice);

}  // namespace offhook::inline v0::agent
