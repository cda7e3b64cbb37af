#pragma once

#include <span>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// The languages for which a voice is chosen.
struct VoiceLanguages {
  std::string_view language{};               ///< BCP 47; "": not known
  std::span<const std::string> languages{};  ///< languages that callers may speak if `language` is not known, the most likely first
  /// Returns the most likely language; "": any language.
  [[nodiscard]] std::string_view likely() const { return language.empty() && !languages.empty() ? std::string_view(languages.front()) : language; }
};

/// The names of a provider's voices.
struct VoiceFamily {
  bool (*has_form)(std::string_view voice) = nullptr;                      ///< returns true if a name has the form of this family; null: any other form
  bool (*is_certain)(std::string_view voice) = nullptr;                    ///< returns true if a name of this form certainly belongs to the family; null: yes
  std::string_view (*given_name)(std::string_view voice) = nullptr;        ///< returns "apollo" for "aura-2-apollo-en"; null: the whole name
  std::span<const std::string_view> men{};                                 ///< given names of men's voices; all other voices count as women's
  /// Returns the voice of this family that is nearest to `wanted`, which is a voice of another family, or "".
  std::string (*nearest)(std::string_view wanted, bool is_man, const VoiceLanguages& spoken) = nullptr;
  std::string_view (*language_of)(std::string_view voice) = nullptr;       ///< returns a voice's only language; "": it follows the text; null: all voices do
  /// Returns the replacement for a voice that only realtime sessions have; "" if `voice` needs none. Null: there are no such voices.
  std::string (*instead)(std::string_view voice, bool is_man, const VoiceLanguages& spoken) = nullptr;
  std::string_view realtime_name{};                                        ///< name of the sessions that have these voices, for people
};

}  // namespace offhook::inline v0::agent
