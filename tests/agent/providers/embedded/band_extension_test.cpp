#include <offhook/agent/providers/embedded/band_extension.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

using offhook::agent::embedded::BandExtension;

namespace {

std::vector<std::int16_t> tone(double hz, double amplitude, std::size_t samples = 320) {
  std::vector<std::int16_t> pcm(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    pcm[i] = static_cast<std::int16_t>(amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16000.0));
  }
  return pcm;
}

/// Returns the amplitude of the frequency `hz` in the samples.
double level_at(std::span<const std::int16_t> pcm, double hz) {
  double re = 0, im = 0;
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / 16000.0;
    re += pcm[i] * std::cos(phase);
    im += pcm[i] * std::sin(phase);
  }
  return 2 * std::hypot(re, im) / static_cast<double>(pcm.size());
}

}  // namespace

TEST_CASE("BandExtension gives narrow-band audio an upper band: the mirror image of its spectrum, at a quarter of the amplitude") {
  BandExtension band;
  const auto in = tone(1000, 8000);
  const auto out = band.process(in);
  CHECK_FALSE(band.is_wide());
  CHECK(level_at(out, 1000) == doctest::Approx(8000).epsilon(0.02));
  CHECK(level_at(out, 7000) == doctest::Approx(2000).epsilon(0.02));
}

TEST_CASE("BandExtension returns the same audio, whether it gets its input whole or in pieces, even in pieces of odd lengths") {
  BandExtension whole, pieces;
  const auto in = tone(700, 6000, 641);
  const auto expected = whole.process(in);
  std::vector<std::int16_t> got;
  for (std::size_t at = 0; at < in.size();) {
    const std::size_t size = std::min<std::size_t>(at % 2 == 0 ? 107 : 160, in.size() - at);
    const auto part = pieces.process(std::span(in).subspan(at, size));
    got.insert(got.end(), part.begin(), part.end());
    at += size;
  }
  CHECK(std::equal(expected.begin(), expected.end(), got.begin(), got.end()));
}

TEST_CASE("After BandExtension has detected a real upper band, it leaves audio unchanged until reset()") {
  BandExtension band;
  auto in = tone(1000, 8000);
  const auto high = tone(6000, 400);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<std::int16_t>(in[i] + high[i]);
  CHECK(band.process(in).data() == in.data());
  const auto low = tone(500, 8000);
  CHECK(band.process(low).data() == low.data());
  band.reset();
  CHECK(band.process(low).data() != low.data());
}

TEST_CASE("BandExtension does not take a full telephone band, or faint noise in the upper band, for wide-band audio") {
  BandExtension band;
  (void)band.process(tone(3900, 12000, 3200));
  CHECK_FALSE(band.is_wide());
  (void)band.process(tone(6000, 20));
  CHECK_FALSE(band.is_wide());
}

TEST_CASE("BandExtension clips samples at full scale") {
  BandExtension band;
  const std::vector<std::int16_t> in(64, 32767);
  for (const std::int16_t sample : band.process(in)) CHECK(sample > 0);
}
