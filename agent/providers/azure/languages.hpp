#pragma once

#include <offhook/agent/providers/followed_language.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Chooses the languages for the service. The service detects one language among a few candidates.
namespace offhook::inline v0::agent::azure {

inline constexpr std::size_t kMaxCandidates = 4;  ///< maximum number of candidates that the service accepts at the start of a turn

/// Returns the service's locale for a language: "pt-BR" unchanged, "de-DE" for "de", "en-US" for "".
[[nodiscard]] std::string locale_of(std::string_view bcp47);

/// Returns the locales of the languages in `bcp47` as candidates, at most kMaxCandidates. Of several locales of one language it takes only the first,
/// because the service must not get two.
[[nodiscard]] std::vector<std::string> candidate_locales(std::span<const std::string> bcp47);

/// Returns the locale in which to listen. It is the locale of the first of these languages that is set, each in BCP 47: `own` (from the part's options),
/// `of_call`, and the language of `followed`.
[[nodiscard]] std::string heard_locale(std::string_view own, std::string_view of_call, const FollowedLanguage& followed);
/// Returns the locale in which to speak, chosen in the same way. If no language is known, returns the locale of the voice: "de-DE" for
/// "de-DE-KatjaNeural".
[[nodiscard]] std::string spoken_locale(std::string_view own, std::string_view of_call, const FollowedLanguage& followed, std::string_view voice);

}  // namespace offhook::inline v0::agent::azure
