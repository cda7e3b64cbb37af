#include <offhook/media/dsp/level.hpp>
#include <offhook/media/receive/comfort_noise.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace offhook;
using namespace offhook::media;

namespace {

NoiseDescription white(std::uint8_t below_overload_db) { return {.below_overload_db = below_overload_db}; }
/// Returns the description of noise whose power decreases or increases with the frequency.
NoiseDescription coloured(std::uint8_t below_overload_db, float first, float second = 0) {
  NoiseDescription noise{.below_overload_db = below_overload_db, .order = 2};
  noise.reflection[0] = first;
  noise.reflection[1] = second;
  return noise;
}
std::vector<std::int16_t> made(NoiseSource& source, std::size_t frames, std::size_t samples = 160) {
  std::vector<std::int16_t> pcm(frames * samples);
  for (std::size_t i = 0; i < frames; ++i) source.fill(std::span(pcm).subspan(i * samples, samples));
  return pcm;
}
/// Returns the correlation of samples `lag` apart, -1..1. At lag 1, noise of high frequencies gives less than 0, noise of low frequencies
/// more than 0.
double autocorrelation(const std::vector<std::int16_t>& pcm, std::size_t lag = 1) {
  double product = 0, power = 0;
  for (std::size_t i = lag; i < pcm.size(); ++i) {
    product += static_cast<double>(pcm[i]) * pcm[i - lag];
    power += static_cast<double>(pcm[i]) * pcm[i];
  }
  return product / power;
}

}  // namespace

TEST_CASE("parse_comfort_noise reads the level and the coefficients of the RFC's payload format [RFC 3389 sections 3.1 to 3.3]") {
  const std::vector<std::uint8_t> payload{0x80 | 52, 127, 0, 254, 255, 128};
  const auto noise = parse_comfort_noise(payload);
  REQUIRE(noise);
  CHECK(noise->below_overload_db == 52);  // The format does not use the highest bit.
  CHECK(noise->order == 5);
  CHECK(noise->reflection[0] == 0);
  CHECK(noise->reflection[1] == doctest::Approx(-127 * 258.0 / 32768));
  CHECK(noise->reflection[2] == doctest::Approx(127 * 258.0 / 32768));
  CHECK(noise->reflection[3] == noise->reflection[2]);  // The RFC does not define the value 255, which is read like 254.
  CHECK(noise->reflection[4] == doctest::Approx(258.0 / 32768));
}

TEST_CASE("write_comfort_noise writes every level and every coefficient as parse_comfort_noise read it") {
  for (int level = 0; level < 128; ++level) {
    for (int step = 0; step <= 254; ++step) {
      const std::array<std::uint8_t, 2> payload{static_cast<std::uint8_t>(level), static_cast<std::uint8_t>(step)};
      std::array<std::uint8_t, 2> again{};
      REQUIRE(write_comfort_noise(*parse_comfort_noise(payload), again) == 2);
      REQUIRE(again == payload);
    }
  }
}

TEST_CASE("parse_comfort_noise refuses an empty payload, and ignores coefficients beyond kMaxNoiseOrder") {
  CHECK(parse_comfort_noise({}) == base::fail(NoiseError::Empty));
  std::vector<std::uint8_t> payload(1 + kMaxNoiseOrder, 200);
  CHECK(parse_comfort_noise(payload)->order == kMaxNoiseOrder);
  payload.push_back(200);
  CHECK(parse_comfort_noise(payload)->order == kMaxNoiseOrder);
  payload.resize(1500, 200);
  CHECK(parse_comfort_noise(payload)->order == kMaxNoiseOrder);
}

TEST_CASE("write_comfort_noise writes nothing to a buffer that is too small, and limits values to their range") {
  std::array<std::uint8_t, 3> out{};
  CHECK(write_comfort_noise(coloured(40, 0.5F), out) == 3);
  CHECK(write_comfort_noise(coloured(40, 0.5F), std::span(out).first(2)) == 0);
  auto wild = coloured(200, 2.0F, -2.0F);
  CHECK(write_comfort_noise(wild, out) == 3);
  CHECK(out == std::array<std::uint8_t, 3>{127, 254, 0});
}

TEST_CASE("NoiseSource makes noise of the described level, whatever its spectrum [RFC 3389 section 3.1]") {
  for (const int level : {30, 45, 60, 75}) {
    for (const float first : {0.0F, -0.9F, 0.7F}) {
      NoiseSource source(7);
      source.describe(coloured(static_cast<std::uint8_t>(level), first, 0.3F));
      CHECK(std::abs(level_dbov(made(source, 100)) + level) <= 1);
    }
  }
  NoiseSource silent;
  silent.describe(white(127));
  CHECK(level_dbov(made(silent, 3)) == -127);
}

TEST_CASE("NoiseSource makes noise of the described spectrum [RFC 3389 section 3.2]") {
  NoiseSource rumble(3), hiss(3), plain(3);
  rumble.describe(coloured(40, -0.9F));
  hiss.describe(coloured(40, 0.7F));
  plain.describe(white(40));
  CHECK(autocorrelation(made(rumble, 200)) == doctest::Approx(0.9).epsilon(0.05));  // The coefficient is the negative of the correlation at lag 1.
  CHECK(autocorrelation(made(hiss, 200)) == doctest::Approx(-0.7).epsilon(0.05));
  CHECK(std::abs(autocorrelation(made(plain, 200))) < 0.02);
}

TEST_CASE("When NoiseSource gets a louder description, the noise reaches the new level gradually, within 200 ms") {
  NoiseSource source(5);
  source.describe(white(60));
  made(source, 10);
  source.describe(white(40));
  const auto first = level_dbov(made(source, 1));
  CHECK(first < -42);
  CHECK(first > -60);
  made(source, 9);
  CHECK(std::abs(level_dbov(made(source, 20)) + 40) <= 1);
  source.reset();
  CHECK(level_dbov(made(source, 1)) == -127);
}

TEST_CASE("With the least stable coefficients and any frame size, NoiseSource stays finite") {
  NoiseSource source(9);
  NoiseDescription noise{.below_overload_db = 0, .order = kMaxNoiseOrder};
  for (std::size_t i = 0; i < kMaxNoiseOrder; ++i) noise.reflection[i] = i % 2 == 0 ? 9.0F : -9.0F;
  source.describe(noise);
  for (const std::size_t samples : {0u, 1u, 7u, 160u, 161u, 320u, 480u, 1000u}) made(source, 50, samples);
  source.describe(white(40));
  made(source, 50);
  CHECK(std::abs(level_dbov(made(source, 50)) + 40) <= 2);
}

TEST_CASE("NoiseMeter finds the level and the spectrum of the noise that NoiseSource makes") {
  for (const auto& [first, second] : {std::pair{-0.8F, 0.2F}, {0.5F, -0.1F}, {0.0F, 0.0F}}) {
    NoiseSource source(11);
    source.describe(coloured(50, first, second));
    NoiseMeter meter;
    for (int i = 0; i < 100; ++i) meter.on_frame(made(source, 1));
    const auto described = meter.describe();
    CHECK(std::abs(int{described.below_overload_db} - 50) <= 1);
    CHECK(described.order == NoiseMeter::kMeteredOrder);
    CHECK(std::abs(described.reflection[0] - first) < 0.12);
    CHECK(std::abs(described.reflection[1] - second) < 0.12);
    for (std::size_t i = 2; i < described.order; ++i) CHECK(std::abs(described.reflection[i]) < 0.15);
  }
}

TEST_CASE("NoiseMeter describes silence, and the absence of frames, as no noise, and gives stable coefficients for a tone") {
  NoiseMeter meter;
  CHECK(meter.describe() == NoiseDescription{});
  const std::vector<std::int16_t> silence(160), speck(NoiseMeter::kMeteredOrder, 1000);
  meter.on_frame(silence);
  meter.on_frame(speck);  // This frame is too short for a description.
  CHECK(meter.describe() == NoiseDescription{});
  std::vector<std::int16_t> tone(160);
  for (std::size_t i = 0; i < tone.size(); ++i) tone[i] = static_cast<std::int16_t>(std::lrint(8000 * std::sin(0.3 * static_cast<double>(i))));
  for (int i = 0; i < 50; ++i) meter.on_frame(tone);
  const auto described = meter.describe();
  for (const float k : described.reflection) CHECK(std::abs(k) < 1);
  meter.reset();
  CHECK(meter.describe() == NoiseDescription{});
}

TEST_CASE("DiscontinuousSender sends audio until 200 ms after speech, then a description, and further descriptions if the noise changed or 1 s passed") {
  using What = DiscontinuousSender::What;
  DiscontinuousSender sender;
  CHECK(sender.on_frame(true, white(60)) == What::Audio);
  for (unsigned i = 0; i < DiscontinuousSender::kHangoverFrames; ++i) CHECK(sender.on_frame(false, white(60)) == What::Audio);
  CHECK(sender.on_frame(false, white(60)) == What::Description);
  for (unsigned i = 1; i < DiscontinuousSender::kMostBetween; ++i) CHECK(sender.on_frame(false, white(61)) == What::Nothing);
  CHECK(sender.on_frame(false, white(60)) == What::Description);
  for (unsigned i = 1; i < DiscontinuousSender::kLeastBetween; ++i) CHECK(sender.on_frame(false, white(62)) == What::Nothing);
  CHECK(sender.on_frame(false, white(62)) == What::Description);
  CHECK(sender.on_frame(true, white(62)) == What::Audio);
  for (unsigned i = 0; i < DiscontinuousSender::kHangoverFrames; ++i) CHECK(sender.on_frame(false, white(62)) == What::Audio);
  CHECK(sender.on_frame(false, white(62)) == What::Description);  // Each silence begins with a description, even if the noise has not changed.
}

TEST_CASE("After a description, PeerNoise fills silence with noise, until newer audio comes") {
  PeerNoise noise(1);
  std::vector<std::int16_t> pcm(160, 77);
  CHECK_FALSE(noise.fill(pcm));
  CHECK(std::all_of(pcm.begin(), pcm.end(), [](std::int16_t sample) { return sample == 77; }));
  CHECK_FALSE(noise.on_payload({}, 0));
  CHECK_FALSE(noise.fill(pcm));
  const std::array<std::uint8_t, 1> payload{50};
  constexpr std::uint32_t kBegins = 0xFFFFFF60;  // 160 before the timestamp wraps
  CHECK(noise.on_payload(payload, kBegins));
  CHECK(noise.fill(pcm));
  CHECK(std::abs(level_dbov(pcm) + 50) <= 2);
  noise.on_audio(kBegins - 160);  // This audio is older than the description, but it is played later.
  CHECK(noise.fill(pcm));
  noise.on_audio(kBegins + 160);
  CHECK_FALSE(noise.fill(pcm));
  CHECK(noise.on_payload(payload, 0));
  noise.reset();
  CHECK_FALSE(noise.fill(pcm));
}
