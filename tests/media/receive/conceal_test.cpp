#include <offhook/media/receive/conceal.hpp>

#include <offhook/base/random.hpp>
#include <offhook/media/dsp/level.hpp>
#include <offhook/media/dsp/tones.hpp>

#include <offhook/tests/media/sounds.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

using namespace offhook;
using offhook_test::worst_step;

namespace {

/// Makes a sound like a vowel: a pitch of 140 Hz with harmonics that get weaker.
std::vector<std::int16_t> vowel(std::uint32_t rate, std::size_t samples) {
  std::vector<std::int16_t> pcm(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    double sum = 0;
    for (int h = 1; h <= 8; ++h) sum += 3000.0 / h * std::sin(2 * std::numbers::pi * 140 * h * static_cast<double>(i) / rate + h);
    pcm[i] = static_cast<std::int16_t>(sum);
  }
  return pcm;
}

double snr_db(std::span<const std::int16_t> wanted, std::span<const std::int16_t> got) {
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    signal += static_cast<double>(wanted[i]) * wanted[i];
    noise += (static_cast<double>(wanted[i]) - got[i]) * (static_cast<double>(wanted[i]) - got[i]);
  }
  return 10 * std::log10(signal / std::max(noise, 1.0));
}

}  // namespace

TEST_CASE("At each rate, Concealer fills a lost frame of a vowel with audio near to the original, without a click") {
  for (const std::uint32_t rate : {8000u, 16000u, 24000u}) {
    CAPTURE(rate);
    const std::size_t frame = rate / 50;
    const auto original = vowel(rate, frame * 20);
    auto heard = original;
    media::Concealer concealer(rate);
    for (std::size_t k = 0; k < 20; ++k) {
      const auto part = std::span(heard).subspan(k * frame, frame);
      if (k == 10) {
        concealer.conceal(part);
        CHECK(concealer.concealing());
      } else {
        concealer.good(part);
      }
    }
    CHECK_FALSE(concealer.concealing());
    CHECK(snr_db(std::span(original).subspan(10 * frame, frame / 2), std::span(heard).subspan(10 * frame, frame / 2)) > 10);
    CHECK(worst_step(heard) < worst_step(original) * 1.3);              // There is no click at either seam.
    CHECK(std::equal(heard.begin(), heard.begin() + 10 * static_cast<std::ptrdiff_t>(frame), original.begin()));
    const auto behind = static_cast<std::ptrdiff_t>(11 * frame + rate / 200);
    CHECK(std::equal(heard.begin() + behind, heard.end(), original.begin() + behind));   // The audio is unchanged from 5 ms after the gap on.
  }
}

TEST_CASE("In a long gap, Concealer keeps the level for 20 ms and is silent from 80 ms on. The next good audio fades in") {
  media::Concealer concealer(8000);
  auto pcm = vowel(8000, 160 * 5);
  for (std::size_t k = 0; k < 5; ++k) concealer.good(std::span(pcm).subspan(k * 160, 160));
  const auto before = media::level_dbov(std::span(pcm).last(160));
  std::vector<std::int16_t> gap(160 * 6);
  for (std::size_t k = 0; k < 6; ++k) concealer.conceal(std::span(gap).subspan(k * 160, 160));
  CHECK(std::abs(media::level_dbov(std::span(gap).first(160)) - before) <= 2);
  CHECK(media::level_dbov(std::span(gap).subspan(400, 80)) < before - 3);
  CHECK(gap[639] != 0);
  CHECK(std::all_of(gap.begin() + 640, gap.end(), [](std::int16_t sample) { return sample == 0; }));
  std::array<std::int16_t, 160> back{};
  back.fill(10000);
  concealer.good(back);
  CHECK(back[0] < 1000);
  CHECK(back[39] > 9000);
  CHECK(back[40] == 10000);
}

TEST_CASE("Concealer produces silence before the first good frame and after reset()") {
  media::Concealer concealer(16000);
  std::array<std::int16_t, 320> out{};
  out.fill(77);
  concealer.conceal(out);
  CHECK(std::all_of(out.begin(), out.end(), [](std::int16_t sample) { return sample == 0; }));
  out.fill(5000);
  concealer.good(out);
  concealer.reset();
  concealer.conceal(out);
  CHECK(std::all_of(out.begin(), out.end(), [](std::int16_t sample) { return sample == 0; }));
}

TEST_CASE("At a seam without a gap, Concealer cross-fades for 5 ms") {
  media::Concealer concealer(8000);
  const auto pcm = vowel(8000, 160 * 7);
  auto heard = pcm;
  for (std::size_t k = 0; k < 4; ++k) concealer.good(std::span(heard).subspan(k * 160, 160));
  std::vector<std::int16_t> jump(pcm.begin() + 160 * 5 + 20, pcm.begin() + 160 * 6 + 20);   // One frame and 20 samples are left out.
  const auto cut = jump;
  concealer.good(jump, true);
  std::vector<std::int16_t> line(heard.begin(), heard.begin() + 640);
  line.insert(line.end(), jump.begin(), jump.end());
  CHECK(worst_step(line) < worst_step(pcm) * 1.5);
  CHECK(std::equal(jump.begin() + 40, jump.end(), cut.begin() + 40));
}

TEST_CASE("Concealer handles noise at full scale in frames of up to 20 ms. After that it leaves good audio unchanged") {
  base::SeededRandom random(9);
  for (const std::uint32_t rate : {8000u, 16000u, 24000u}) {
    media::Concealer concealer(rate);
    for (int i = 0; i < 3000; ++i) {
      std::vector<std::int16_t> frame(random.below(rate / 50 + 1));
      for (auto& sample : frame) sample = random.below(2) == 0 ? std::int16_t{32767} : std::int16_t{-32768};
      switch (random.below(4)) {
        case 0: concealer.conceal(frame); break;
        case 1: concealer.good(frame, true); break;
        default: concealer.good(frame); break;
      }
    }
    const std::vector<std::int16_t> voice(rate / 50, 1000);
    std::vector<std::int16_t> frame;
    for (int i = 0; i < 2; ++i) concealer.good(frame = voice);  // The first frame may still contain a fade.
    CHECK(frame == voice);
  }
}
