#include <offhook/media/receive/time_stretch.hpp>

#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <offhook/base/random.hpp>
#include <offhook/media/dsp/tones.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <vector>

using namespace offhook;
using offhook_test::Pcm;
using offhook_test::sine;
using offhook_test::worst_step;

namespace {

Pcm noise_within(std::uint32_t rate, double seconds, int peak, std::uint64_t seed = 3) {
  base::SeededRandom random(seed);
  Pcm pcm(static_cast<std::size_t>(rate * seconds));
  const auto range = static_cast<std::uint64_t>(2 * peak + 1);
  for (auto& sample : pcm) sample = static_cast<std::int16_t>(static_cast<int>(random.below(range)) - peak);
  return pcm;
}

struct Stretched {
  Pcm heard;
  std::vector<int> jumps;
  std::ptrdiff_t sum = 0;
};

/// Plays `said` in frames of 20 ms through a TimeStretch until all samples are used. After every third frame requests stretch(wish).
Stretched stretched(const Pcm& said, std::uint32_t rate, int wish, bool rough = false) {
  media::TimeStretch line(rate);
  Stretched result;
  const std::size_t frame = rate / 50;
  for (std::size_t at = 0, count = 0;;) {
    while (line.waiting() < frame && at + frame <= said.size()) {
      line.push(std::span(said).subspan(at, frame));
      at += frame;
      if (++count % 3 != 0 || count < 6) continue;
      const int by = line.stretch(wish, rough);
      if (by != 0) result.jumps.push_back(by);
      result.sum += by;
    }
    if (line.waiting() < frame) break;
    Pcm out(frame);
    line.take(out);
    result.heard.insert(result.heard.end(), out.begin(), out.end());
  }
  Pcm rest(line.waiting());
  line.take(rest);
  result.heard.insert(result.heard.end(), rest.begin(), rest.end());
  return result;
}

}  // namespace

TEST_CASE("TimeStretch makes a tone longer or shorter by whole periods at each rate, without a click, and keeps its pitch") {
  for (const std::uint32_t rate : {8000u, 16000u, 24000u, 48000u}) {
    for (const int direction : {-1, 1}) {
      CAPTURE(rate);
      CAPTURE(direction);
      const auto said = sine(200, rate, 3);
      const auto result = stretched(said, rate, direction * static_cast<int>(rate / 66));
      CHECK(result.jumps.size() > 30);
      for (const int by : result.jumps) {
        CHECK(by * direction > 0);
        CHECK(std::abs(by) % static_cast<int>(rate / 200) <= 1);   // one or two periods
      }
      const auto shorter = static_cast<std::ptrdiff_t>(said.size()) + result.sum;
      CHECK(static_cast<std::ptrdiff_t>(result.heard.size()) == shorter);
      CHECK(worst_step(result.heard) <= worst_step(said) * 1.02);
      CHECK(offhook_test::measure_tone(std::span(result.heard).subspan(rate / 2, rate), 200, rate).snr_db > 20);
    }
  }
}

TEST_CASE("TimeStretch stretches the voiced parts of speech without a click, and keeps its loudness") {
  const auto said = offhook_test::SyntheticVoice(8000, 5).speak(10);
  for (const int wish : {-120, 120}) {
    const auto result = stretched(said, 8000, wish);
    CHECK(result.jumps.size() > 60);
    CHECK(worst_step(result.heard) <= worst_step(said) * 1.1);
    // The mean power stays the same, because the seams do not fade.
    const auto energy = [](const Pcm& pcm) {
      double sum = 0;
      for (const auto sample : pcm) sum += static_cast<double>(sample) * sample;
      return sum / static_cast<double>(pcm.size());
    };
    CHECK(std::fabs(10 * std::log10(energy(result.heard) / energy(said))) < 1);
  }
}

TEST_CASE("TimeStretch makes silence and near silence longer or shorter by exactly the requested number of samples") {
  for (const int wish : {-1, -17, -120, 1, 64, 120}) {
    CAPTURE(wish);
    const auto result = stretched(noise_within(8000, 1, 40), 8000, wish);
    CHECK(!result.jumps.empty());
    CHECK(std::all_of(result.jumps.begin(), result.jumps.end(), [wish](int by) { return by == wish; }));
  }
}

TEST_CASE("TimeStretch does not stretch noise, unless the request allows a rough seam") {
  const auto said = noise_within(8000, 4, 6000);
  CHECK(stretched(said, 8000, -120).jumps.empty());
  CHECK(stretched(said, 8000, 120).jumps.empty());
  CHECK(stretched(said, 8000, -120, true).jumps.size() > 20);
  CHECK(stretched(said, 8000, 120, true).jumps.size() > 20);
}

TEST_CASE("A jump of TimeStretch is at most the requested length, has 2.5 to 15 ms, and needs at least 20 ms of waiting audio") {
  const auto said = sine(300, 8000, 2);
  for (const int wish : {-19, 19}) CHECK(stretched(said, 8000, wish).jumps.empty());
  for (const int by : stretched(said, 8000, -60).jumps) CHECK(by >= -60);
  for (const int by : stretched(said, 8000, 1000).jumps) CHECK(by <= 121);
  media::TimeStretch line(8000);
  line.push(std::span(said).first(159));
  CHECK(line.stretch(-60, true) == 0);
  line.push(std::span(said).first(1));
  CHECK(line.stretch(60, true) == 0);   // No audio was played yet, so there is nothing to repeat.
}

TEST_CASE("TimeStretch holds kMaxWaitingMs of audio, and drops further samples") {
  media::TimeStretch line(8000);
  const Pcm pcm(8 * media::TimeStretch::kMaxWaitingMs, 1000);
  line.push(pcm);
  CHECK(line.waiting() == pcm.size());
  line.push(std::span(pcm).first(1));
  CHECK(line.waiting() == pcm.size());
  Pcm out(pcm.size() + 1, 7);
  line.take(out);
  CHECK(out[pcm.size() - 1] == 1000);
  CHECK(out.back() == 0);
  line.push(std::span(pcm).first(100));
  line.reset();
  CHECK(line.waiting() == 0);
}

TEST_CASE("After a jump back, TimeStretch still does not treat loud audio as quiet: each jump is a whole number of periods") {
  media::TimeStretch line(8000);
  const Pcm said = sine(160, 8000, 0.2);  // 50 samples per period.
  Pcm out(160);
  for (std::size_t at = 0; at < 800; at += 160) {
    line.push(std::span(said).subspan(at, 160));
    line.take(out);
  }
  line.push(std::span(said).subspan(800, 640));  // The line drops played samples, except those that a jump back can repeat.
  CHECK(line.stretch(110, false) == 50);
  CHECK(line.stretch(110, false) == 50);
}

TEST_CASE("For any audio and requests, TimeStretch changes the number of samples only by the result of stretch(), and allocates nothing") {
  base::SeededRandom random(11);
  for (const std::uint32_t rate : {8000u, 16000u, 24000u, 48000u}) {
    media::TimeStretch line(rate);
    Pcm pcm(rate / 50), out(rate / 50);
    const auto before = offhook_test::allocations();
    for (int i = 0; i < 3000; ++i) {
      const auto waiting = static_cast<std::ptrdiff_t>(line.waiting());
      switch (random.below(3)) {
        case 0: {
          const auto size = random.below(pcm.size() + 1);
          const int kind = static_cast<int>(random.below(3));
          for (auto& sample : pcm) {
            const auto loud = random.below(2) == 0 ? std::int16_t{32767} : std::int16_t{-32768};
            sample = kind == 0 ? std::int16_t{0} : kind == 1 ? loud : static_cast<std::int16_t>(i * 8);
          }
          line.push(std::span(pcm).first(size));
          REQUIRE(static_cast<std::ptrdiff_t>(line.waiting()) <= waiting + static_cast<std::ptrdiff_t>(size));
          break;
        }
        case 1: {
          const auto by = line.stretch(static_cast<int>(random.below(2 * rate / 50)) - static_cast<int>(rate / 50), random.below(2) == 0);
          REQUIRE(static_cast<std::ptrdiff_t>(line.waiting()) == waiting + by);
          break;
        }
        default: {
          const auto size = random.below(out.size() + 1);
          line.take(std::span(out).first(size));
          REQUIRE(line.waiting() == static_cast<std::size_t>(waiting) - std::min<std::size_t>(size, static_cast<std::size_t>(waiting)));
          break;
        }
      }
    }
    CHECK(offhook_test::allocations() == before);
  }
}

TEST_CASE("TimeStretch always has space for a burst of silence that is shortened many times within one tick") {
  for (const std::uint32_t rate : {8000u, 16000u, 24000u, 48000u}) {
    media::TimeStretch line(rate);
    const std::vector<std::int16_t> silence(rate / 50, 0);
    std::vector<std::int16_t> out(rate / 50);
    for (int tick = 0; tick < 20; ++tick) {
      for (int pulls = 0; line.waiting() < out.size(); ++pulls) {
        REQUIRE(pulls < 10);
        const auto before = line.waiting();
        line.push(silence);
        REQUIRE(line.waiting() == before + silence.size());
        (void)line.stretch(-static_cast<int>(silence.size()), true);
      }
      line.take(out);
    }
  }
}
