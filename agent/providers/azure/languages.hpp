#pragma once

#include <offhook/agent/providers/followed_language.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Which language a call is in, as far as the service has to be told: it detects one among a few that it is given.
namespace offhook::inline v0::agent::azure {

inline constexpr std::size_t kMaxCandidates = 4;  ///< of detection at the start of a turn: the service takes no more

/// A locale as the service wants it, of a call's language: "pt-BR" as it is, "de-DE" of "de", "en-US" of "".
[[nodiscard]] std::string locale_of(std::string_view bcp47);

/// The locales of `bcp47` that can be told apart: of each language the first one, for the service shall not be given two; kMaxCandidates at most.
[[nodiscard]] std::vector<std::string> candidate_locales(std::span<const std::string> bcp47);

/// The locale to listen in: `own`, that of a part's options; else `of_call`, that of its call; else `followed`'s. BCP 47, all of them.
[[nodiscard]] std::string heard_locale(std::string_view own, std::string_view of_call, const FollowedLanguage& followed);
/// The locale to speak in: the same; where nothing is known that of the voice, "de-DE" of "de-DE-KatjaNeural".
[[nodiscard]] std::string spoken_locale(std::string_view own, std::string_view of_call, const FollowedLanguage& followed, std::string_view voice);

}  // namespace offhook::inline v0::agent::azure
