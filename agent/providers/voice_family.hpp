#pragma once

#include <span>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

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

}  // namespace offhook::inline v0::agent
