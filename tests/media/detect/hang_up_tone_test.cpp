// Tests that the detector recognises a hang-up that a gateway signals only by a busy tone.
#include <offhook/media/detect/call_progress_detector.hpp>
#include <offhook/media/detect/progress_detector.hpp>

#include <offhook/tests/media/sounds.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <random>
#include <vector>

using namespace offhook;
using namespace offhook::media;
using offhook_test::kAllCountries;
using offhook_test::Pcm;
using offhook_test::script_sound;

namespace {

constexpr auto kBusy = ProgressTone::Busy;

std::optional<ProgressSpec> spec_of(Country country, ProgressTone tone) {
  for (const auto& spec : progress_tones(country)) {
    if (spec.tone == tone) return spec;
  }
  return std::nullopt;
}

std::size_t cycle_ms(const ToneScript& script) {
  std::size_t ms = 0;
  for (const auto& step : script.steps()) ms += step.ms;
  return ms;
}

Pcm operator+(Pcm a, const Pcm& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Makes continuous noise, with the loudness that `deviation` gives, in place of a caller's voice.
Pcm gaussian_noise(std::size_t ms, double deviation) {
  std::mt19937 random(7);
  std::normal_distribution<double> level(0, deviation);
  Pcm pcm(ms * 8);
  for (auto& sample : pcm) sample = static_cast<std::int16_t>(level(random));
  return pcm;
}

/// Returns the time in ms at which CallProgressDetector reported a hang-up, or nullopt if it reported none.
std::optional<std::size_t> told_after(Country country, const Pcm& pcm) {
  CallProgressDetector ear(country, LineSigns::Caller);
  for (std::size_t at = 0; at + 160 <= pcm.size(); at += 160) {
    for (const LineTone tone : ear.hear(std::span<const std::int16_t, 160>(pcm.data() + at, 160))) {
      if (tone != LineTone::FaxCalling) return at / 8 + 20;
    }
  }
  return std::nullopt;
}

constexpr std::array kCongested{Country::UnitedStates, Country::UnitedKingdom, Country::Germany, Country::France,
                                Country::Netherlands, Country::Italy, Country::Spain};

}  // namespace

TEST_CASE("CallProgressDetector reports a busy tone as a hang-up in each country, after six to eight cycles and within 7 s") {
  for (const Country country : kAllCountries) {
    CAPTURE(static_cast<int>(country));
    const auto script = spec_of(country, kBusy)->script;
    const auto told = told_after(country, script_sound(script, 10'000));
    REQUIRE(told.has_value());
    CHECK(*told >= 6 * cycle_ms(script));
    CHECK(*told <= std::min<std::size_t>(8 * cycle_ms(script) + 100, 7000));
  }
}

TEST_CASE("CallProgressDetector reports congestion, also called reorder, as a hang-up after five to seven cycles, within 2.4 to 8.1 s") {
  for (const Country country : kCongested) {
    CAPTURE(static_cast<int>(country));
    const auto script = spec_of(country, ProgressTone::Congestion)->script;
    const auto told = told_after(country, script_sound(script, 12'000));
    REQUIRE(told.has_value());
    CHECK(*told >= std::max<std::size_t>(5 * cycle_ms(script), 2400));
    CHECK(*told <= std::min<std::size_t>(7 * cycle_ms(script), 8100));
  }
}

TEST_CASE("CallProgressDetector reports busy and congestion within eight cycles and 2.4 to 8.6 s, even if it begins to listen in the middle of a cycle") {
  for (const Country country : kAllCountries) {
    for (const auto tone : {kBusy, ProgressTone::Congestion}) {
      const auto spec = spec_of(country, tone);
      if (!spec) continue;
      CAPTURE(static_cast<int>(country));
      const std::size_t cycle = cycle_ms(spec->script);
      const Pcm pcm = script_sound(spec->script, 12'000);
      for (std::size_t begin = 0; begin < cycle; begin += 30) {
        const auto told = told_after(country, {pcm.begin() + static_cast<std::ptrdiff_t>(8 * begin), pcm.end()});
        REQUIRE(told.has_value());
        CHECK(*told >= std::max<std::size_t>(5 * cycle - 60, 2350));
        CHECK(*told <= std::min<std::size_t>(8 * cycle, 8600));
      }
    }
  }
}

TEST_CASE("CallProgressDetector reports a hang-up after the last needed cycle, and does not report it one cycle earlier") {
  const auto script = spec_of(Country::Germany, kBusy)->script;
  const std::size_t needed = *told_after(Country::Germany, script_sound(script, 10'000));
  const Pcm silence(8 * 5000);
  CHECK_FALSE(told_after(Country::Germany, script_sound(script, needed - 480) + silence));
  CHECK(told_after(Country::Germany, script_sound(script, needed) + silence));
}

TEST_CASE("Another sound or a pause between the tones restarts CallProgressDetector's count of cycles") {
  const auto script = spec_of(Country::Germany, kBusy)->script;
  const Pcm some = script_sound(script, 9 * 480);  // The first cycles serve to recognise the tone. Only the further cycles count.
  for (const Pcm& other : {gaussian_noise(200, 1500), gaussian_noise(3000, 1500), Pcm(8 * 1200)}) {
    Pcm pcm;
    for (int i = 0; i < 6; ++i) pcm = pcm + some + other;
    CHECK_FALSE(told_after(Country::Germany, pcm));
    CHECK(told_after(Country::Germany, pcm + script_sound(script, 7000)));
  }
}

TEST_CASE("CallProgressDetector reports no hang-up while the caller speaks during a busy tone, either in its pauses or continuously") {
  const auto script = spec_of(Country::UnitedStates, kBusy)->script;
  Pcm tone = script_sound(script, 30'000);
  const Pcm voice = gaussian_noise(30'000, 1500);
  Pcm mixed = tone, pauses = tone;
  for (std::size_t i = 0; i < tone.size(); ++i) {
    mixed[i] = static_cast<std::int16_t>(mixed[i] + voice[i]);
    if (i % 8000 >= 4000) pauses[i] = voice[i];
  }
  CHECK_FALSE(told_after(Country::UnitedStates, mixed));
  CHECK_FALSE(told_after(Country::UnitedStates, pauses));
}

TEST_CASE("CallProgressDetector reports the hang-up even if the agent's voice comes back 17 dB below the tone") {
  Pcm pcm = script_sound(spec_of(Country::Germany, kBusy)->script, 10'000);
  const Pcm echo = gaussian_noise(10'000, 400);
  for (std::size_t i = 0; i < pcm.size(); ++i) pcm[i] = static_cast<std::int16_t>(pcm[i] + echo[i]);
  CHECK(told_after(Country::Germany, pcm));
}

TEST_CASE("CallProgressDetector reports no hang-up for dial tone, ringback, another country's busy tone, beeps and faxes") {
  for (const Country country : kAllCountries) {
    CAPTURE(static_cast<int>(country));
    for (const auto& spec : progress_tones(country)) {
      if (spec.tone == ProgressTone::Busy || spec.tone == ProgressTone::Congestion) continue;
      CHECK_FALSE(told_after(country, script_sound(spec.script, 30'000)));
    }
    CHECK_FALSE(told_after(country, script_sound(fax_calling(), 30'000)));
    Pcm beeps;
    for (int i = 0; i < 20; ++i) beeps = beeps + script_sound(machine_beep(), 1000);
    CHECK_FALSE(told_after(country, beeps));
  }
  CHECK_FALSE(told_after(Country::Germany, script_sound(spec_of(Country::UnitedStates, kBusy)->script, 30'000)));
  CHECK_FALSE(told_after(Country::UnitedStates, script_sound(spec_of(Country::Germany, kBusy)->script, 30'000)));
}

TEST_CASE("CallProgressDetector without a country reports no hang-up. reset() restarts the count of cycles") {
  CallProgressDetector deaf(std::nullopt, LineSigns::Caller);
  const Pcm busy = script_sound(spec_of(Country::Japan, kBusy)->script, 5000);
  CallProgressDetector ear(Country::Japan, LineSigns::Caller);
  for (int times = 0; times < 4; ++times) {
    for (std::size_t at = 0; at + 160 <= busy.size(); at += 160) {
      CHECK(deaf.hear(std::span<const std::int16_t, 160>(busy.data() + at, 160)).empty());
      CHECK(ear.hear(std::span<const std::int16_t, 160>(busy.data() + at, 160)).empty());
    }
    ear.reset();  // The audio of another sender begins.
  }
}

TEST_CASE("ProgressDetector counts the whole cycles of a tone after it has recognised the tone, and counts none for a continuous tone") {
  ProgressDetector detector(Country::France);
  const Pcm busy = script_sound(spec_of(Country::France, kBusy)->script, 8000) +
                   script_sound(spec_of(Country::France, ProgressTone::Dial)->script, 5000);
  std::vector<std::uint32_t> seen;
  for (std::size_t at = 0; at + 160 <= busy.size(); at += 160) {
    (void)detector.hear(std::span<const std::int16_t, 160>(busy.data() + at, 160));
    if (seen.empty() || seen.back() != detector.cycles()) seen.push_back(detector.cycles());
  }
  CHECK(seen == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 0});
}
