#pragma once

#include <offhook/media/tone_script.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace offhook::inline v0::media {

/// Whose tones: ITU-T E.180 supplement 2 has them by country. The United States stand for Canada, too.
enum class Country : std::uint8_t { UnitedStates, UnitedKingdom, Germany, France, Netherlands, Italy, Spain, Australia, Japan };
inline constexpr std::size_t kCountries = 9;

/// By ISO 3166's two letters ("US", "CA", "GB" and so on, in capitals).
[[nodiscard]] std::optional<Country> country_of(std::string_view letters);

/// What the network lets a caller hear, in the words of ITU-T E.180.
enum class ProgressTone : std::uint8_t {
  Dial,
  Ringback,
  Busy,
  Congestion,     ///< also fast busy, reorder, all trunks busy
  Unobtainable,   ///< the number is not in use
};
[[nodiscard]] std::string_view to_string(ProgressTone tone);

struct ProgressSpec {
  ProgressTone tone;
  ToneScript script;
  bool sure = true;   ///< false: networks of the country differ, or our sources do
};
/// At most kMaxProgressTones, one of each kind.
[[nodiscard]] std::span<const ProgressSpec> progress_tones(Country country);
inline constexpr std::size_t kMaxProgressTones = 5;

/// Special information tones before an announcement: three tones upwards. ITU-T E.180 has 330 ms of each; North America
/// tells by short (274 ms) and long (380 ms) ones, and by a lower or higher first and second tone, why the call failed.
enum class SpecialInformation : std::uint8_t {
  Unspecified,   ///< ITU-T E.180
  NoCircuit,
  Intercept,     ///< the number changed
  VacantCode,    ///< no such number
  Reorder,
};
[[nodiscard]] std::string_view to_string(SpecialInformation kind);
[[nodiscard]] ToneScript special_information(SpecialInformation kind);

/// A fax that calls, CNG: 1100 Hz for 0.5 s every 3.5 s (ITU-T T.30 section 4.3.3: give or take 38 Hz and 15 %).
[[nodiscard]] ToneScript fax_calling();
/// A fax or modem that answers, CED or ANS: 2100 Hz for 3.3 s (ITU-T T.30 section 4.3.3: 2.6 to 4 s, give or take 15 Hz).
[[nodiscard]] ToneScript fax_answering();
/// What an answering machine says before it records, as most do: 1000 Hz for 0.4 s. No standard names it.
[[nodiscard]] ToneScript machine_beep();

}  // namespace offhook::inline v0::media
