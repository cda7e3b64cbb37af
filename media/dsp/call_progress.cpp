#include <offhook/media/dsp/call_progress.hpp>

#include <array>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr ToneStep on(double hz, std::uint32_t ms) { return {hz, 0, 0, ms}; }
constexpr ToneStep both(double low_hz, double high_hz, std::uint32_t ms) { return {low_hz, high_hz, 0, ms}; }
constexpr ToneStep off(std::uint32_t ms) { return {0, 0, 0, ms}; }

using enum ProgressTone;
constexpr bool kUnsure = false;

// Tones of ITU-T E.180 supplement 2 (various tones used in national networks), as far as they are certain. For North America also Telcordia GR-506
// (precise tone plan), for the United Kingdom BT SIN 350. A tone marked kUnsure is not the same in all networks of the country.
constexpr std::array kUnitedStates{
    ProgressSpec{Dial, {both(350, 440, 0)}},
    ProgressSpec{Ringback, {both(440, 480, 2000), off(4000)}},
    ProgressSpec{Busy, {both(480, 620, 500), off(500)}},
    ProgressSpec{Congestion, {both(480, 620, 250), off(250)}},
};
constexpr std::array kUnitedKingdom{
    ProgressSpec{Dial, {both(350, 440, 0)}},
    ProgressSpec{Ringback, {both(400, 450, 400), off(200), both(400, 450, 400), off(2000)}},
    ProgressSpec{Busy, {on(400, 375), off(375)}},
    ProgressSpec{Congestion, {on(400, 400), off(350), on(400, 225), off(525)}},
    ProgressSpec{Unobtainable, {on(400, 0)}},
};
constexpr std::array kGermany{
    ProgressSpec{Dial, {on(425, 0)}},
    ProgressSpec{Ringback, {on(425, 1000), off(4000)}},
    ProgressSpec{Busy, {on(425, 480), off(480)}},
    ProgressSpec{Congestion, {on(425, 240), off(240)}},
};
constexpr std::array kFrance{
    ProgressSpec{Dial, {on(440, 0)}},
    ProgressSpec{Ringback, {on(440, 1500), off(3500)}},
    ProgressSpec{Busy, {on(440, 500), off(500)}},
    ProgressSpec{Congestion, {on(440, 250), off(250)}, kUnsure},
};
constexpr std::array kNetherlands{
    ProgressSpec{Dial, {on(425, 0)}},
    ProgressSpec{Ringback, {on(425, 1000), off(4000)}},
    ProgressSpec{Busy, {on(425, 500), off(500)}},
    ProgressSpec{Congestion, {on(425, 250), off(250)}},
};
constexpr std::array kItaly{
    ProgressSpec{Dial, {on(425, 200), off(200), on(425, 600), off(1000)}},
    ProgressSpec{Ringback, {on(425, 1000), off(4000)}},
    ProgressSpec{Busy, {on(425, 500), off(500)}},
    ProgressSpec{Congestion, {on(425, 200), off(200)}},
};
constexpr std::array kSpain{
    ProgressSpec{Dial, {on(425, 0)}},
    ProgressSpec{Ringback, {on(425, 1500), off(3000)}},
    ProgressSpec{Busy, {on(425, 200), off(200)}},
    ProgressSpec{Congestion, {on(425, 200), off(200), on(425, 200), off(200), on(425, 200), off(600)}},
};
constexpr std::array kAustralia{
    ProgressSpec{Dial, {on(425, 0)}, kUnsure},
    ProgressSpec{Ringback, {both(400, 450, 400), off(200), both(400, 450, 400), off(2000)}, kUnsure},
    ProgressSpec{Busy, {on(425, 375), off(375)}},
};
constexpr std::array kJapan{
    ProgressSpec{Dial, {on(400, 0)}},
    ProgressSpec{Ringback, {ToneStep{400, 0, 16, 1000}, off(2000)}},
    ProgressSpec{Busy, {on(400, 500), off(500)}},
};

constexpr std::array<std::pair<std::string_view, Country>, 10> kLetters{{{"US", Country::UnitedStates},
                                                                         {"CA", Country::UnitedStates},
                                                                         {"GB", Country::UnitedKingdom},
                                                                         {"DE", Country::Germany},
                                                                         {"FR", Country::France},
                                                                         {"NL", Country::Netherlands},
                                                                         {"IT", Country::Italy},
                                                                         {"ES", Country::Spain},
                                                                         {"AU", Country::Australia},
                                                                         {"JP", Country::Japan}}};

constexpr std::uint32_t kShort = 274, kLong = 380;  // ms

ToneScript three(ToneStep first, ToneStep second, ToneStep third) { return ToneScript({first, second, third}, false); }

}  // namespace

std::optional<Country> country_of(std::string_view letters) {
  for (const auto& [name, country] : kLetters) {
    if (name == letters) return country;
  }
  return std::nullopt;
}

std::string_view to_string(ProgressTone tone) {
  switch (tone) {
    case Dial: return "dial";
    case Ringback: return "ringback";
    case Busy: return "busy";
    case Congestion: return "congestion";
    case Unobtainable: return "unobtainable";
  }
  return "";
}

std::span<const ProgressSpec> progress_tones(Country country) {
  switch (country) {
    case Country::UnitedStates: return kUnitedStates;
    case Country::UnitedKingdom: return kUnitedKingdom;
    case Country::Germany: return kGermany;
    case Country::France: return kFrance;
    case Country::Netherlands: return kNetherlands;
    case Country::Italy: return kItaly;
    case Country::Spain: return kSpain;
    case Country::Australia: return kAustralia;
    case Country::Japan: return kJapan;
  }
  return {};
}

std::string_view to_string(SpecialInformation kind) {
  switch (kind) {
    case SpecialInformation::Unspecified: return "unspecified";
    case SpecialInformation::NoCircuit: return "no circuit";
    case SpecialInformation::Intercept: return "intercept";
    case SpecialInformation::VacantCode: return "vacant code";
    case SpecialInformation::Reorder: return "reorder";
  }
  return "";
}

ToneScript special_information(SpecialInformation kind) {
  switch (kind) {  // North America: as Telcordia defines them.
    case SpecialInformation::NoCircuit: return three(on(985.2, kLong), on(1428.5, kLong), on(1776.7, kLong));
    case SpecialInformation::Intercept: return three(on(913.8, kShort), on(1370.6, kShort), on(1776.7, kLong));
    case SpecialInformation::VacantCode: return three(on(985.2, kLong), on(1370.6, kShort), on(1776.7, kLong));
    case SpecialInformation::Reorder: return three(on(913.8, kShort), on(1428.5, kLong), on(1776.7, kLong));
    case SpecialInformation::Unspecified: break;
  }
  return three(on(950, 330), on(1400, 330), on(1800, 330));
}

ToneScript fax_calling() { return {on(1100, 500), off(3000)}; }
ToneScript fax_answering() { return ToneScript({on(2100, 3300)}, false); }
ToneScript machine_beep() { return ToneScript({on(1000, 400)}, false); }

}  // namespace offhook::inline v0::media
