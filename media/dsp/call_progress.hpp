#pragma once

#include <offhook/media/dsp/tone_script.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace offhook::inline v0::media {

/// A country whose tones are known from ITU-T E.180 supplement 2. UnitedStates is also for Canada.
enum class Country : std::uint8_t { UnitedStates, UnitedKingdom, Germany, France, Netherlands, Italy, Spain, Australia, Japan };
inline constexpr std::size_t kCountries = 9;

/// Returns the country with these two letters of ISO 3166 in capitals ("US", "CA", "GB"), or nullopt.
[[nodiscard]] std::optional<Country> country_of(std::string_view letters);

/// The tones that a network plays to the caller, with the names of ITU-T E.180.
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
  bool sure = true;   ///< false if networks of the country differ, or if our sources differ
};
/// Returns the country's tones: at most kMaxProgressTones, one of each kind.
[[nodiscard]] std::span<const ProgressSpec> progress_tones(Country country);
inline constexpr std::size_t kMaxProgressTones = 5;

/// Special information tones before an announcement: three tones with rising frequencies. ITU-T E.180 has 330 ms for each. In North America, short
/// (274 ms) and long (380 ms) tones, and lower or higher first and second tones, show why the call failed.
enum class SpecialInformation : std::uint8_t {
  Unspecified,   ///< ITU-T E.180
  NoCircuit,
  Intercept,     ///< the number was changed
  VacantCode,    ///< no such number
  Reorder,
};
[[nodiscard]] std::string_view to_string(SpecialInformation kind);
[[nodiscard]] ToneScript special_information(SpecialInformation kind);

/// Returns the tone of a calling fax, CNG: 1100 Hz for 0.5 s every 3.5 s (ITU-T T.30 section 4.3.3: with tolerances of 38 Hz and 15 %).
[[nodiscard]] ToneScript fax_calling();
/// Returns the tone of an answering fax or modem, CED or ANS: 2100 Hz for 3.3 s (ITU-T T.30 section 4.3.3: 2.6 to 4 s, with a tolerance of 15 Hz).
[[nodiscard]] ToneScript fax_answering();
/// Returns the beep of most answering machines before they record: 1000 Hz for 0.4 s. No standard defines it.
[[nodiscard]] ToneScript machine_beep();

}  // namespace offhook::inline v0::media
