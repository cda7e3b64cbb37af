#include <offhook/media/dsp/tones.hpp>

#include <offhook/media/dsp/digit_tones.hpp>
#include <offhook/media/dsp/level.hpp>

#include <offhook/tests/media/tone_meter.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

using namespace offhook;

TEST_CASE("SineSource makes a sine with the given frequency and amplitude, and continues its phase from one fill() to the next") {
  media::SineSource whole(440, 8000, 12000), parts(440, 8000, 12000);
  std::vector<std::int16_t> a(800), b(800);
  whole.fill(a);
  for (std::size_t at = 0; at < 800; at += 160) parts.fill(std::span(b).subspan(at, 160));
  CHECK(a == b);
  const auto tone = offhook_test::measure_tone(a, 440, 8000);
  CHECK(tone.amplitude == doctest::Approx(12000).epsilon(0.001));
  CHECK(tone.snr_db > 80);
}

TEST_CASE("SineSource is exact up to the rounding, at any frequency and rate, even after 20 seconds, and for any division into invocations") {
  for (const auto& [hz, rate_hz] : std::vector<std::pair<double, std::uint32_t>>{
           {1, 8000}, {440, 8000}, {697, 8000}, {913.8, 8000}, {3999.999, 8000}, {1776.7, 16000}, {440, 24000}, {23999, 48000}}) {
    CAPTURE(hz);
    media::SineSource sine(hz, rate_hz, 20000);
    std::vector<std::int16_t> pcm(160);
    std::size_t at = 0;
    double worst = 0;
    const auto hear = [&](std::size_t count) {
      const std::span part(pcm.data(), count);
      sine.fill(part);
      for (std::size_t i = 0; i < count; ++i, ++at) {
        const double turns = std::fmod(std::fmod(static_cast<double>(at), 1000.0 * rate_hz) * hz / rate_hz, 1.0);
        worst = std::max(worst, std::abs(part[i] - 20000 * std::sin(2 * std::numbers::pi * turns)));
      }
    };
    for (std::size_t count = 0; count <= 67; ++count) hear(count);
    for (; at < 20u * rate_hz;) sine.fill(pcm), at += pcm.size();
    for (std::size_t count = 0; count <= 67; ++count) hear(count);
    CHECK(worst < 0.52);
  }
}

TEST_CASE("SineSource limits a frequency to half of the rate, and gives silence if the rate is zero") {
  std::vector<std::int16_t> pcm(160, 7), half(160);
  media::SineSource(9000, 8000, 20000).fill(pcm);
  media::SineSource(4000, 8000, 20000).fill(half);
  CHECK(pcm == half);
  media::SineSource(440, 0, 20000).fill(pcm);
  CHECK(media::level_dbov(pcm) == -127);
  media::SineSource().fill(pcm);
  CHECK(media::level_dbov(pcm) == -127);
}

TEST_CASE("Each DTMF digit has the frequencies of its row and its column [ITU-T Q.23]") {
  CHECK(media::dtmf_frequencies('1') == std::pair{697.0, 1209.0});
  CHECK(media::dtmf_frequencies('0') == std::pair{941.0, 1336.0});
  CHECK(media::dtmf_frequencies('#') == std::pair{941.0, 1477.0});
  CHECK(media::dtmf_frequencies('*') == std::pair{941.0, 1209.0});
  CHECK(media::dtmf_frequencies('D') == std::pair{941.0, 1633.0});
  CHECK(media::dtmf_frequencies('d') == media::dtmf_frequencies('D'));
  CHECK_FALSE(media::dtmf_frequencies('x'));
  std::vector<std::int16_t> pcm(8000);
  media::DtmfSource('6', 8000, 5000).fill(pcm);
  CHECK(offhook_test::measure_tone(pcm, 770, 8000).amplitude == doctest::Approx(5000).epsilon(0.01));
  CHECK(offhook_test::measure_tone(pcm, 1477, 8000).amplitude == doctest::Approx(5000).epsilon(0.01));
  media::DtmfSource('x', 8000).fill(pcm);
  CHECK(media::level_dbov(pcm) == -127);
}

TEST_CASE("SineSource::mix() limits the sum to 16 bits") {
  std::array<std::int16_t, 8> pcm{};
  pcm.fill(32767);
  media::SineSource(1000, 8000, 32767).mix(pcm);
  CHECK(pcm[2] == 32767);
  CHECK(pcm[6] < 10);
}

TEST_CASE("level_dbov is -3 for a full-scale sine, 0 for a square wave, and -127 for silence and no samples [RFC 6464 section 3]") {
  std::vector<std::int16_t> pcm(8000);
  media::SineSource(1000, 8000, 32767).fill(pcm);
  CHECK(media::level_dbov(pcm) == -3);
  for (std::size_t i = 0; i < pcm.size(); ++i) pcm[i] = i % 2 == 0 ? std::int16_t{32767} : std::int16_t{-32768};
  CHECK(media::level_dbov(pcm) == 0);
  CHECK(media::level_dbov(std::vector<std::int16_t>(10)) == -127);
  CHECK(media::level_dbov({}) == -127);
  CHECK(media::level_dbov(std::vector<std::int16_t>(10, 1)) == -90);
}

TEST_CASE("ComfortNoise makes noise of the given level, and the same noise for the same seed") {
  std::vector<std::int16_t> a(16000), b(16000);
  for (const std::int16_t level : std::initializer_list<std::int16_t>{-65, -50, -30}) {
    media::ComfortNoise(level, 7).fill(a);
    media::ComfortNoise(level, 7).fill(b);
    CHECK(a == b);
    CHECK(std::abs(media::level_dbov(a) - level) <= 1);
  }
}

TEST_CASE("DigitTones continues a digit from tick to tick, starts it again after a pause, and expects its echo for kEchoTicks") {
  media::DigitTones tones;
  std::vector<std::int16_t> whole(480), pieces(480), again(160);
  media::DtmfSource('5', 8000, media::DigitTones::kAmplitude).fill(whole);
  CHECK_FALSE(tones.may_echo(0));
  for (std::uint64_t tick = 0; tick < 3; ++tick) tones.fill('5', 8000, tick, std::span(pieces).subspan(tick * 160, 160));
  CHECK(pieces == whole);
  CHECK(tones.may_echo(2 + media::DigitTones::kEchoTicks));
  CHECK_FALSE(tones.may_echo(2 + media::DigitTones::kEchoTicks + 1));
  tones.fill('\0', 8000, 3, again);
  CHECK(again == std::vector<std::int16_t>(160));
  CHECK_FALSE(tones.may_echo(2 + media::DigitTones::kEchoTicks + 1));  // A pause causes no echo.
  tones.fill('5', 8000, 4, again);
  CHECK(std::equal(again.begin(), again.end(), whole.begin()));
}
