#include <offhook/media/detect/dtmf_detector.hpp>
#include <offhook/media/detect/progress_detector.hpp>
#include <offhook/media/detect/signal_tone_detector.hpp>
#include <offhook/media/dsp/call_progress.hpp>

#include <offhook/tests/media/line_signal.hpp>
#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>
#include <offhook/tests/media/tone_meter.hpp>
#include <offhook/tests/testkit/sample.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::media;
using offhook_test::dbm0;
using offhook_test::LineSignal;
using offhook_test::kAllCountries;
using offhook_test::script_sound;

namespace {

struct Told {
  ProgressTone tone;
  double seconds;
};
std::vector<Told> progress(Country country, const std::vector<std::int16_t>& pcm) {
  ProgressDetector detector(country);
  std::vector<Told> told;
  for (std::size_t at = 0; at + 160 <= pcm.size(); at += 160) {
    if (const auto tone = detector.hear(std::span<const std::int16_t, 160>(pcm.data() + at, 160))) {
      told.push_back({*tone, static_cast<double>(at + 160) / 8000});
    }
  }
  return told;
}

std::vector<SignalTone> signals(const LineSignal& line) {
  SignalToneDetector detector;
  std::vector<SignalTone> told;
  const auto pcm = line.frames(12);
  for (std::size_t at = 0; at + 160 <= pcm.size(); at += 160) {
    if (const auto tone = detector.hear(std::span<const std::int16_t, 160>(pcm.data() + at, 160))) told.push_back(*tone);
  }
  return told;
}

/// The longest time in seconds until a tone is recognised: one cycle of the longest tone script, or this cycle up to the first second of its long pause.
constexpr double kPatienceSeconds = 7;

}  // namespace

TEST_CASE("ProgressDetector distinguishes the tones of each country by their cadence, at any level, at any position and in noise [ITU-T E.180]") {
  // By default, each tone has every third of eight combinations of position and level, and the next tone others. In `./dev test --full`, it has all.
  const std::size_t step = offhook_test::sample_step(3);
  std::size_t index = 0;
  for (const Country country : kAllCountries) {
    for (const auto& spec : progress_tones(country)) {
      CAPTURE(static_cast<int>(country));
      CAPTURE(std::string(to_string(spec.tone)));
      for (int shift = 0; shift < 4; ++shift) {
        for (const double level : {-5.0, -25.0}) {
          if (++index % step != 0) continue;
          LineSignal line(static_cast<std::uint32_t>(shift));
          line.silence(300 + 5.25 * shift).add(script_sound(spec.script, 14'000, dbm0(level))).noise(dbm0(level) / 10);
          const auto told = progress(country, line.frames());
          REQUIRE(told.size() == 1);
          CHECK(told[0].tone == spec.tone);
          CHECK(told[0].seconds < kPatienceSeconds);
        }
      }
    }
  }
}

TEST_CASE("ProgressDetector needs two cycles of a tone, or the first second of a long pause after it, or 1 to 2 s of a continuous tone") {
  const auto told_after = [](Country country, ProgressTone tone) {
    for (const auto& spec : progress_tones(country)) {
      if (spec.tone == tone) return progress(country, script_sound(spec.script, 10'000, 3000)).at(0).seconds;
    }
    return 0.0;
  };
  CHECK(told_after(Country::UnitedStates, ProgressTone::Ringback) < 3.2);
  CHECK(told_after(Country::Germany, ProgressTone::Ringback) < 2.2);
  CHECK(told_after(Country::UnitedStates, ProgressTone::Busy) < 2.2);
  CHECK(told_after(Country::UnitedStates, ProgressTone::Congestion) < 1.2);
  CHECK(told_after(Country::UnitedStates, ProgressTone::Dial) < 1.2);
  CHECK(told_after(Country::France, ProgressTone::Dial) < 2.0);
}

TEST_CASE("For ProgressDetector, a ringback has ended when a voice follows it, and a later busy tone is reported") {
  ProgressDetector detector(Country::UnitedStates);
  const auto hear = [&](const std::vector<std::int16_t>& pcm) {
    std::optional<ProgressTone> told;
    for (std::size_t at = 0; at + 160 <= pcm.size(); at += 160) {
      if (const auto tone = detector.hear(std::span<const std::int16_t, 160>(pcm.data() + at, 160))) told = tone;
    }
    return told;
  };
  const auto tones = progress_tones(Country::UnitedStates);
  CHECK(hear(script_sound(tones[1].script, 12'000, 3000)) == ProgressTone::Ringback);
  CHECK(detector.sounding() == ProgressTone::Ringback);
  CHECK_FALSE(hear(offhook_test::SyntheticVoice(8000, 5).speak(3)));
  CHECK_FALSE(detector.sounding());
  CHECK(hear(script_sound(tones[2].script, 4000, 3000)) == ProgressTone::Busy);
}

TEST_CASE("ProgressDetector accepts a cadence 5 % off and a frequency 8 Hz off, and refuses other cadences and a frequency 40 Hz off") {
  const auto hear = [](double hz, std::uint32_t on_ms, std::uint32_t off_ms) {
    return progress(Country::Germany, script_sound({ToneStep{hz, 0, 0, on_ms}, ToneStep{0, 0, 0, off_ms}}, 8000, 3000));
  };
  for (const double hz : {417.0, 425.0, 433.0}) {
    CHECK(hear(hz, 456, 504).size() == 1);
    CHECK(hear(hz, 504, 456).size() == 1);
  }
  CHECK(hear(385, 480, 480).empty());
  CHECK(hear(465, 480, 480).empty());
  CHECK(hear(425, 700, 480).empty());
  CHECK(hear(425, 480, 700).empty());
  CHECK(hear(425, 360, 360).empty());
}

TEST_CASE("ProgressDetector finds no tone in speech, digits and silence") {
  for (const Country country : kAllCountries) {
    for (const double pitch : {90.0, 140.0, 210.0, 300.0}) {
      CHECK(progress(country, offhook_test::SyntheticVoice(8000, 77, pitch).speak(60)).empty());
    }
    CHECK(progress(country, LineSignal().tones({{697, 3000}, {1209, 3000}}, 3000).frames()).empty());
    CHECK(progress(country, LineSignal().silence(10000).noise(40).frames()).empty());
    CHECK(progress(country, LineSignal().silence(10000).noise(2000).frames()).empty());
  }
}

TEST_CASE("country_of accepts two-letter codes, and maps Canada to the tones of the United States [ISO 3166]") {
  CHECK(country_of("US") == Country::UnitedStates);
  CHECK(country_of("CA") == Country::UnitedStates);
  CHECK(country_of("GB") == Country::UnitedKingdom);
  CHECK(country_of("JP") == Country::Japan);
  CHECK_FALSE(country_of("XX"));
  CHECK_FALSE(country_of("us"));
  for (const Country country : kAllCountries) CHECK(progress_tones(country).size() <= kMaxProgressTones);
}

TEST_CASE("ScriptSource makes the same samples for any division into frames, repeats a script with a cycle, and ends a script without one") {
  const ToneScript script{ToneStep{440, 480, 0, 201}, ToneStep{0, 0, 0, 99}};
  const auto whole = script_sound(script, 2000, 5000);
  ScriptSource source(script, 8000, 5000);
  std::vector<std::int16_t> parts(whole.size());
  for (std::size_t at = 0, count = 1; at < parts.size(); at += count, count = count % 67 + 1) {
    source.fill(std::span(parts).subspan(at, std::min(count, parts.size() - at)));
  }
  CHECK(whole == parts);
  for (std::size_t cycle = 0; cycle < 6; ++cycle) {
    CHECK(whole[cycle * 2400 + 1607] != 0);
    CHECK(std::all_of(whole.begin() + static_cast<std::ptrdiff_t>(cycle * 2400 + 1608),
                      whole.begin() + static_cast<std::ptrdiff_t>((cycle + 1) * 2400), [](std::int16_t x) { return x == 0; }));
  }
  ScriptSource once(machine_beep(), 8000, 5000);
  std::vector<std::int16_t> beep(8000);
  once.fill(beep);
  CHECK(once.is_over());
  CHECK(beep[3199] != 0);
  CHECK(std::all_of(beep.begin() + 3200, beep.end(), [](std::int16_t x) { return x == 0; }));
  ScriptSource none(ToneScript(), 8000, 5000), no_rate(script, 0, 5000);
  none.fill(beep);
  CHECK(none.is_over());
  no_rate.fill(beep);
}

TEST_CASE("DtmfDetector detects the digits of dtmf_script, with tones and pauses of 40 ms and of 100 ms [ITU-T Q.23]") {
  const std::string keys = "0123456789*#ABCDabcd";
  for (const std::uint32_t ms : {40u, 100u}) {
    LineSignal line;
    for (const char key : keys) line.add(script_sound(dtmf_script(key, ms, ms), 2 * ms, 6000));
    const auto pcm = line.frames();
    DtmfDetector detector;
    std::string heard;
    for (std::size_t at = 0; at < pcm.size(); at += 160) {
      detector.hear(std::span<const std::int16_t, 160>(pcm.data() + at, 160));
      while (const auto digit = detector.poll()) heard += digit->ended ? std::string(1, digit->digit) : "";
    }
    CHECK(heard == "0123456789*#ABCDABCD");
  }
  CHECK(dtmf_script('x').count == 0);
}

TEST_CASE("ToneScript holds kMaxToneSteps steps, and leaves out further ones") {
  const ToneStep step{440, 0, 0, 100};
  CHECK(ToneScript({step, step, step, step, step, step}).count == kMaxToneSteps);
  CHECK(ToneScript({step, step, step, step, step, step, step}).count == kMaxToneSteps);
}

TEST_CASE("A modulated tone consists of its frequency and two side tones of half the amplitude") {
  const auto pcm = script_sound({ToneStep{400, 0, 16, 0}}, 1000, 4000);
  CHECK(offhook_test::measure_tone(pcm, 400, 8000).amplitude == doctest::Approx(4000).epsilon(0.01));
  CHECK(offhook_test::measure_tone(pcm, 384, 8000).amplitude == doctest::Approx(2000).epsilon(0.01));
  CHECK(offhook_test::measure_tone(pcm, 416, 8000).amplitude == doctest::Approx(2000).epsilon(0.01));
}

TEST_CASE("SignalToneDetector distinguishes the kinds of special information tones of North America [ITU-T E.180]") {
  for (const auto kind : {SpecialInformation::Unspecified, SpecialInformation::NoCircuit, SpecialInformation::Intercept,
                          SpecialInformation::VacantCode, SpecialInformation::Reorder}) {
    for (int shift = 0; shift < 8; ++shift) {
      for (const double level : {-6.0, -30.0}) {
        CAPTURE(std::string(to_string(kind)));
        LineSignal line(static_cast<std::uint32_t>(shift));
        line.silence(200 + shift * 2.5).add(script_sound(special_information(kind), 1200, dbm0(level))).noise(dbm0(level) / 20);
        const auto told = signals(line);
        REQUIRE(told.size() == 1);
        CHECK(told[0].kind == SignalTone::Kind::SpecialInformation);
        CHECK(told[0].information == kind);
      }
    }
  }
}

TEST_CASE("SignalToneDetector accepts information tones 45 Hz off and 30 ms apart, and refuses a falling order, a wrong third tone and long gaps [ITU-T E.180]") {
  const auto line = [](double first, double second, double third, double gap) {
    LineSignal all;
    all.silence(100);
    for (const double hz : {first, second, third}) all.tones({{hz, 4000}}, 330).silence(gap);
    return all.silence(300);
  };
  for (const double off : {-45.0, 0.0, 45.0}) {
    for (const double gap : {0.0, 30.0}) {
      const auto told = signals(line(950 + off, 1400 - off, 1800 + off, gap));
      REQUIRE(told.size() == 1);
      CHECK(told[0].kind == SignalTone::Kind::SpecialInformation);
    }
  }
  for (const auto& told : {signals(line(1800, 1400, 950, 0)), signals(line(950, 1400, 1500, 0)), signals(line(950, 1400, 1800, 400))}) {
    for (const auto& tone : told) CHECK(tone.kind != SignalTone::Kind::SpecialInformation);
  }
}

TEST_CASE("SignalToneDetector detects the tones of calling and answering fax machines within their tolerances [ITU-T T.30 section 4.3.3]") {
  const auto kinds = [](const LineSignal& line) {
    std::vector<SignalTone::Kind> all;
    for (const auto& tone : signals(line)) all.push_back(tone.kind);
    return all;
  };
  using enum SignalTone::Kind;
  CHECK(kinds(LineSignal().add(script_sound(fax_calling(), 7000, 4000))) == std::vector{FaxCalling, FaxCalling});
  CHECK(kinds(LineSignal().add(script_sound(fax_answering(), 4000, 4000))) == std::vector{FaxAnswering});
  const auto tone = [&](double hz, double ms) { return kinds(LineSignal().silence(77).tones({{hz, 4000}}, ms).silence(200)); };
  for (const double off : {-36.0, 36.0}) CHECK(tone(1100 + off, 500) == std::vector{FaxCalling});
  for (const double ms : {430.0, 570.0}) CHECK(tone(1100, ms) == std::vector{FaxCalling});
  for (const double ms : {300.0, 700.0}) CHECK(tone(1100, ms) == std::vector{Beep});
  CHECK(tone(2100, 400) == std::vector{Beep});
  CHECK(tone(2130, 3000).empty());
  LineSignal turned;  // In ITU-T V.8 the phase is reversed every 450 ms. Here each piece begins with a random phase.
  for (int i = 0; i < 6; ++i) turned.tones({{2100, 4000}}, 450);
  CHECK(kinds(turned.silence(300)) == std::vector{FaxAnswering});
}

TEST_CASE("After a machine's voice, SignalToneDetector detects a beep that lasts 150 to 1900 ms, with a frequency of 600 to 2000 Hz") {
  const auto after_voice = [](double hz, double ms, double level) {
    LineSignal line(2);
    line.add(offhook_test::SyntheticVoice(8000, 12, 180).speak(3)).silence(130).tones({{hz, dbm0(level)}}, ms).silence(400).noise(5);
    const auto told = signals(line);
    return told.size() == 1 && told[0].kind == SignalTone::Kind::Beep && std::abs(told[0].hz - hz) < 3;
  };
  for (const double hz : {600.0, 850.0, 1000.0, 1400.0, 2000.0}) {
    for (const double ms : {150.0, 400.0, 1900.0}) {
      CHECK(after_voice(hz, ms, -8));
      CHECK(after_voice(hz, ms, -28));
    }
  }
  CHECK_FALSE(after_voice(1000, 90, -8));
  CHECK_FALSE(after_voice(1000, 2100, -8));
  CHECK_FALSE(after_voice(440, 400, -8));
  CHECK(signals(LineSignal().add(script_sound(machine_beep(), 1000, 4000))).size() == 1);
}

TEST_CASE("SignalToneDetector detects the beep of Asterisk's voicemail") {
  const std::filesystem::path folder = "/usr/share/asterisk/sounds";
  std::filesystem::path beep;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().filename() == "beep.wav") beep = entry.path();
    }
  }
  if (beep.empty()) return offhook_test::skip("there is no beep.wav in " + folder.string() + " (apt-get install asterisk-core-sounds-en-wav)");
  std::ifstream file(beep, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<std::int16_t> pcm((std::max<std::size_t>(bytes.size(), 44) - 44) / 2);
  std::memcpy(pcm.data(), bytes.data() + 44, pcm.size() * 2);
  const auto told = signals(LineSignal().silence(45).add(pcm));
  REQUIRE(told.size() == 1);
  CHECK(told[0].kind == SignalTone::Kind::Beep);
  CHECK(told[0].hz == doctest::Approx(700).epsilon(0.01));
}

TEST_CASE("SignalToneDetector finds no tone in speech, noise and digits") {
  for (const double pitch : {90.0, 140.0, 210.0, 300.0}) {
    CHECK(signals(LineSignal().add(offhook_test::SyntheticVoice(8000, 78, pitch).speak(120))).empty());
  }
  CHECK(signals(LineSignal().silence(20000).noise(2000)).empty());
  CHECK(signals(LineSignal().tones({{941, 4000}, {1336, 4000}}, 400).silence(300)).empty());
}

TEST_CASE("measure_pure_tone returns a tone's frequency, power, narrowness and share. For silence it returns zeros") {
  for (const double hz : {300.0, 440.0, 1000.0, 1999.0, 2100.0, 3300.0}) {
    const auto tone = measure_pure_tone(LineSignal().tones({{hz, 8000}}, 20).pcm());
    CHECK(tone.hz == doctest::Approx(hz).epsilon(0.001));
    CHECK(tone.power == doctest::Approx(32e6).epsilon(0.05));
    CHECK(tone.narrowness > 0.999);
    CHECK(tone.share > 0.94);
  }
  const auto part = measure_pure_tone(LineSignal().silence(10).tones({{1000, 8000}}, 10).pcm());
  CHECK(part.hz == doctest::Approx(1000).epsilon(0.01));
  CHECK(part.narrowness > 0.98);
  CHECK(part.share == doctest::Approx(0.5).epsilon(0.05));
  CHECK(measure_pure_tone(LineSignal().tones({{941, 4000}, {1336, 4000}}, 20).pcm()).share < 0.6);
  CHECK(measure_pure_tone(LineSignal().silence(20).noise(1000).pcm()).narrowness < 0.5);
  CHECK(measure_pure_tone({}).power == 0);
  CHECK(measure_pure_tone(std::vector<std::int16_t>(2, 1000)).power == 0);
  CHECK(measure_pure_tone(std::vector<std::int16_t>(160)).narrowness == 0);
}
