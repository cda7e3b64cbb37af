#pragma once

#include <offhook/agent/profile/provider_profile.hpp>
#include <offhook/agent/settings/setting.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// A setting that a variable or a default completes, or that a provider in use must have.
struct CompletedSetting {
  std::string_view pointer;                                            ///< within the provider's object: "/models/chat"
  std::string_view variable{};                                         ///< environment variable that sets it if the file does not; "": none
  std::string_view only_with{};                                        ///< `variable` counts only if this variable has set an earlier entry; "": always
  std::string (*usual)(const JsonValue& object) = nullptr;     ///< returns the default; null: none
  std::string_view needed{};                                           ///< the value that a provider in use must have, in words; "": it may be absent
  bool (*is_needed)(const JsonValue& object) = nullptr;        ///< returns true if the value is needed; null: it always is
};

/// A variable, and the setting that `offhook help` names for it.
struct ProviderVariable {
  std::string_view name, pointer;
};

/// The provider's part of the documentation of a setting that several providers have.
struct SettingNote {
  std::string_view pointer;    ///< within the provider's object
  std::string_view unset{};    ///< text about the setting's default
  std::string_view meaning{};  ///< text that is added to the setting's meaning
};

/// An address beside the base URL.
struct OwnUrl {
  std::string_view pointer, key;  ///< pointers to the address, and to the key that Offhook sends to it
  bool is_base = false;           ///< true: the rules of the base URL apply
};

/// The rules for the settings of a provider in the configuration.
struct ProviderConfig {
  std::string_view example_url = "https://host.example";  ///< example of a base URL, for people
  std::span<const std::string_view> url_ends{};           ///< paths that Offhook itself appends to a base URL; longer paths first
  /// Returns the complaint about a base URL, from which the query was removed; nullopt if it is right. Null: all URLs are right.
  std::optional<config::Complaint> (*complain_of_url)(std::string_view url) = nullptr;
  std::span<const OwnUrl> own_urls{};
  std::span<const CompletedSetting> completed{};
  /// The providers of this kind to which the variables apply. OfItsName: only the provider that has the kind's name; others have their own hosts and
  /// keys. WithoutHost: also each provider whose host the file does not set. OfAll: all.
  enum class Variables : std::uint8_t { OfItsName, WithoutHost, OfAll };
  Variables variables = Variables::OfItsName;
  std::span<const ProviderVariable> shown_variables{};    ///< the variables that `offhook help` shows for the kinds of the folder
  std::string_view default_variable{};                    ///< if this variable is set, an agent that names no provider uses this kind; "": never
  std::span<const config::Setting> settings{};            ///< settings that no other provider has
  std::span<const SettingNote> notes{};
  /// Completes a profile whose common settings were read from `object`. Null: nothing to do.
  void (*read)(const JsonValue& object, ProviderProfile& out) = nullptr;
  /// Checks a profile that an agent uses, and returns its mistakes. Problem::where is a JSON pointer within the profile's object. Null: this
  /// provider has no checks of its own.
  std::vector<Problem> (*judge)(const ProviderProfile& provider) = nullptr;
};

}  // namespace offhook::inline v0::agent
