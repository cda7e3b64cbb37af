#include <offhook/media/quality/sound_meter.hpp>

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace offhook;
using namespace offhook::media;

namespace {

std::vector<std::int16_t> level(std::int16_t sample, std::size_t size = 160) { return std::vector<std::int16_t>(size, sample); }

}  // namespace

TEST_CASE("measure() equals measure_each() for all lengths up to 67, all alignments and extreme samples") {
  std::mt19937 engine(5);
  std::vector<std::int16_t> pcm(200);
  for (int round = 0; round < 4; ++round) {
    for (auto& sample : pcm) sample = static_cast<std::int16_t>(round == 0 ? -32768 : round == 1 ? 32767 : static_cast<int>(engine()));
    for (std::size_t offset = 0; offset < 9; ++offset) {
      for (std::size_t size = 0; size <= 67; ++size) {
        const auto part = std::span<const std::int16_t>(pcm).subspan(offset, size);
        REQUIRE(measure(part) == measure_each(part));
      }
    }
  }
  const auto loud = level(-32768, 100'003);  // More samples than one lane of the sum can count.
  CHECK(measure(loud) == measure_each(loud));
  CHECK(measure(loud).at_ceiling == 100'003);
  CHECK(measure(loud).peak == 32768);
}

TEST_CASE("measure() counts a sample as clipped if its magnitude is kCeiling or more") {
  for (const int sign : {1, -1}) {
    CHECK(measure(level(static_cast<std::int16_t>(sign * kCeiling), 16)).at_ceiling == 16);
    CHECK(measure(level(static_cast<std::int16_t>(sign * (kCeiling - 1)), 16)).at_ceiling == 0);
  }
}

TEST_CASE("SoundMeter measures the levels of speech and of noise separately, and leaves silent frames out of both") {
  SoundMeter meter;
  for (int i = 0; i < 30; ++i) meter.on_frame(measure(level(3277)), true);    // -20 dBov
  for (int i = 0; i < 50; ++i) meter.on_frame(measure(level(104)), false);    // -50 dBov
  for (int i = 0; i < 20; ++i) meter.on_frame(measure(level(0)), i % 2 == 0);
  const auto figures = meter.figures();
  CHECK(figures.frames == 100);
  CHECK(*figures.speech_dbov == doctest::Approx(-20).epsilon(0.001));
  CHECK(*figures.noise_dbov == doctest::Approx(-50).epsilon(0.001));
  CHECK(*figures.peak_dbov == doctest::Approx(-20).epsilon(0.001));
  CHECK(figures.voiced_percent == 30);
  CHECK(figures.silent_percent == 20);
  CHECK(figures.clipped_percent == 0);
}

TEST_CASE("SoundMeter counts a frame as silent if all samples are at most 18, and as clipped if kClippedSamples samples are clipped") {
  SoundMeter meter;
  meter.on_frame(measure(level(18)), false);
  CHECK(meter.figures().silent_percent == 100);
  meter.on_frame(measure(level(19)), false);
  CHECK(meter.figures().silent_percent == 50);
  auto frame = level(100);
  for (std::uint32_t i = 0; i < SoundMeter::kClippedSamples - 1; ++i) frame[i * 3] = -32124;
  meter.on_frame(measure(frame), true);
  CHECK(meter.figures().clipped_percent == 0);
  frame[100] = 32767;
  meter.on_frame(measure(frame), true);
  CHECK(meter.figures().clipped_percent == 25);
}

TEST_CASE("SoundMeter without frames reports no levels, and ignores an empty frame") {
  SoundMeter meter;
  meter.on_frame(measure({}), true);
  const auto figures = meter.figures();
  CHECK(figures.frames == 0);
  CHECK_FALSE(figures.speech_dbov);
  CHECK_FALSE(figures.noise_dbov);
  CHECK_FALSE(figures.peak_dbov);
}
