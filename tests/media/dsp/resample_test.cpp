#include <offhook/media/dsp/resample.hpp>

#include <offhook/base/random.hpp>
#include <offhook/media/dsp/tones.hpp>

#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

using namespace offhook;
using offhook_test::sine;

namespace {

constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 12> kPairs{{{8000, 16000},
                                                                          {8000, 24000},
                                                                          {8000, 48000},
                                                                          {16000, 24000},
                                                                          {16000, 48000},
                                                                          {24000, 48000},
                                                                          {16000, 8000},
                                                                          {24000, 8000},
                                                                          {48000, 8000},
                                                                          {24000, 16000},
                                                                          {48000, 16000},
                                                                          {48000, 24000}}};

std::vector<std::int16_t> convert(const std::vector<std::int16_t>& in, std::uint32_t from, std::uint32_t to, std::size_t chunk) {
  media::Resampler resampler(from, to);
  std::vector<std::int16_t> out(in.size() * to / from);
  std::size_t written = 0;
  for (std::size_t at = 0; at < in.size(); at += chunk) {
    const auto part = std::span(in).subspan(at, std::min(chunk, in.size() - at));
    const auto count = resampler.process(part, std::span(out).subspan(written));
    REQUIRE(count == part.size() * to / from);
    written += count;
  }
  CHECK(written == out.size());
  return out;
}

/// Returns the power of `pcm` in dB, relative to a tone of amplitude 16000.
double left_of_tone_db(std::span<const std::int16_t> pcm) {
  double power = 0;
  for (const double sample : pcm) power += sample * sample;
  return 10 * std::log10(power / static_cast<double>(pcm.size()) / (16000.0 * 16000.0 / 2) + 1e-12);
}

double gain_db(double hz, std::uint32_t from, std::uint32_t to, double measured_at) {
  const auto out = convert(sine(hz, from, 1, 16000), from, to, from / 50);
  return 20 * std::log10(offhook_test::measure_tone(std::span(out).subspan(to / 10), measured_at, to).amplitude / 16000 + 1e-12);
}

}  // namespace

TEST_CASE("Between each pair of rates, Resampler keeps the amplitude of a 1 kHz tone, with an SNR over 85 dB and a latency below 3 ms") {
  for (const auto& [from, to] : kPairs) {
    CAPTURE(from);
    CAPTURE(to);
    const auto out = convert(sine(1000, from, 1, 16000), from, to, from / 50);
    const auto measured = offhook_test::measure_tone(std::span(out).subspan(to / 10), 1000, to);
    MESSAGE(from << " -> " << to << ": " << measured.snr_db << " dB, latency " << media::Resampler(from, to).latency_us()
                 << " us");
    CHECK(measured.snr_db > 85);
    CHECK(measured.amplitude == doctest::Approx(16000).epsilon(0.002));
    CHECK(media::Resampler(from, to).latency_us() < 3000);
  }
}

TEST_CASE("Resampler passes the telephone band up to 3.4 kHz with an error below 0.1 dB, and a wider band in proportion to the lower rate") {
  for (const auto& [from, to] : kPairs) {
    const double scale = std::min(from, to) / 8000.0;
    for (double hz = 100; hz <= 3400; hz += 150) {
      CAPTURE(from);
      CAPTURE(to);
      CAPTURE(hz);
      CHECK(std::abs(gain_db(hz * scale, from, to, hz * scale)) < 0.1);
    }
  }
}

TEST_CASE("Resampler makes no image of a tone above -70 dB, and removes a tone that the lower rate cannot carry") {
  for (const auto& [from, to] : kPairs) {
    const double edge = std::min(from, to) / 2.0;
    for (double hz = edge / 40; hz < from / 2.0; hz += edge / 20 + 7) {
      CAPTURE(from);
      CAPTURE(to);
      CAPTURE(hz);
      const auto out = convert(sine(hz, from, 1, 16000), from, to, from / 50);
      const auto steady = std::span(out).subspan(to / 10);
      if (hz <= 0.85 * edge) CHECK(offhook_test::measure_tone(steady, hz, to).snr_db > 70);
      if (hz >= 1.125 * edge) CHECK(left_of_tone_db(steady) < -74);
    }
  }
}

TEST_CASE("A tone just above half of the lower rate leaves an alias. Its level decreases with the frequency as Resampler's header says") {
  struct Row {
    double hz, most_db;  // for a lower rate of 8000 Hz
  };
  constexpr std::array kRows{Row{4010, -6}, Row{4080, -10}, Row{4200, -19.5}, Row{4300, -32}, Row{4400, -51.5}, Row{4500, -74}, Row{4600, -74}};
  for (const auto& [from, to] : kPairs) {
    if (from < to) continue;
    const double scale = to / 8000.0;
    for (const Row& row : kRows) {
      CAPTURE(from);
      CAPTURE(to);
      CAPTURE(row.hz);
      const auto out = convert(sine(row.hz * scale, from, 1, 16000), from, to, from / 50);
      const double left_db = left_of_tone_db(std::span(out).subspan(to / 10));
      CHECK(left_db < row.most_db);
      if (row.most_db > -60) CHECK(left_db > row.most_db - 2);
    }
  }
}

TEST_CASE("If Resampler gets chunks of any whole number of quanta, it gives exactly the same samples as for 20 ms frames") {
  base::SeededRandom random(4);
  for (const auto& [from, to] : kPairs) {
    std::vector<std::int16_t> noise(from / 5);
    for (auto& sample : noise) sample = static_cast<std::int16_t>(random.next_u32());
    const auto quantum = media::Resampler(from, to).in_quantum();
    const auto frames = convert(noise, from, to, from / 50);
    CHECK(frames == convert(noise, from, to, quantum));
    CHECK(frames == convert(noise, from, to, quantum * 7));
  }
}

TEST_CASE("Resampler::process() returns the output of its input at once. After reset(), a resampler works like a new one") {
  for (const auto& [from, to] : kPairs) {
    media::Resampler resampler(from, to);
    std::vector<std::int16_t> first(to / 50), again(to / 50);
    const auto frame = sine(700, from, 1, 16000);
    REQUIRE(resampler.process(std::span(frame).first(from / 50), first) == to / 50);
    REQUIRE(resampler.process(std::span(frame).first(from / 50), again) == to / 50);
    CHECK(first != again);
    resampler.reset();
    REQUIRE(resampler.process(std::span(frame).first(from / 50), again) == to / 50);
    CHECK(first == again);
  }
}

TEST_CASE("Resampler limits full-scale square waves to 16 bits, and the samples do not wrap around") {
  for (const auto& [from, to] : kPairs) {
    std::vector<std::int16_t> square(from / 10);
    for (std::size_t i = 0; i < square.size(); ++i) square[i] = i / (from / 400) % 2 == 0 ? 32767 : -32768;
    const auto out = convert(square, from, to, from / 50);
    const std::size_t half = to / 400, delay = media::Resampler(from, to).latency_us() * to / 1'000'000;
    for (std::size_t k = 2; k + 2 < out.size() / half; ++k) {   // In the middle of each half wave, the sample must have the sign of the input.
      const auto sample = out[k * half + half / 2 + delay];
      CHECK((k % 2 == 0 ? sample > 20000 : sample < -20000));
    }
  }
}

TEST_CASE("process() accepts kMaxInput samples. It returns 0 if the input is longer or not a whole number of quanta, or if the output is too short") {
  media::Resampler resampler(24000, 16000);
  std::vector<std::int16_t> in(media::Resampler::kMaxInput + 3), out(2000);
  CHECK(resampler.process(std::span(in).first(media::Resampler::kMaxInput), out) == 640);
  CHECK(resampler.process(in, out) == 0);
  CHECK(resampler.process(std::span(in).first(4), out) == 0);
  CHECK(resampler.process({}, out) == 0);
  CHECK(resampler.process(std::span(in).first(6), std::span(out).first(3)) == 0);
  CHECK(resampler.process(std::span(in).first(6), std::span(out).first(4)) == 4);
}

TEST_CASE("If both rates are equal, Resampler::process() copies its input") {
  media::Resampler resampler(16000, 16000);
  const std::array<std::int16_t, 3> in{1, -2, 3};
  std::array<std::int16_t, 3> out{};
  CHECK(resampler.process(in, out) == 3);
  CHECK(in == out);
  CHECK(resampler.latency_us() == 0);
}
