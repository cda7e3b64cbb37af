#include <offhook/media/detect/detail/four_windows.hpp>
#include <offhook/media/detect/detail/voice_lanes.hpp>
#include <offhook/media/detect/heard_voice.hpp>
#include <offhook/media/dsp/sixteen_bytes.hpp>

#include <offhook/tests/media/synthetic_voice.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <memory>
#include <numbers>
#include <random>
#include <vector>

using namespace offhook::media;
using namespace offhook::media::detail;

namespace {

/// Returns eight calls: voices, noises, a voice in noise, silence, and samples at full scale.
std::vector<std::vector<std::int16_t>> eight_calls(std::size_t frames) {
  std::vector<std::vector<std::int16_t>> calls(kVoiceLanes, std::vector<std::int16_t>(frames * kFrameSamples));
  std::mt19937 random(8);
  std::normal_distribution<double> noise(0, 1);
  for (std::size_t call = 0; call < 6; ++call) {
    offhook_test::SyntheticVoice speaker(8000, static_cast<std::uint32_t>(call + 1));
    const auto voice = speaker.speak(static_cast<double>(frames) / 50, 3000.0 * static_cast<double>(call % 3));
    const double loud = call < 3 ? 3 : 300;
    for (std::size_t i = 0; i < calls[call].size(); ++i) calls[call][i] = static_cast<std::int16_t>(voice[i] + loud * noise(random));
  }
  for (std::size_t i = 0; i < calls[7].size(); ++i) calls[7][i] = i / 4000 % 2 == 0 ? std::int16_t{-32768} : std::int16_t{32767};
  return calls;
}

}  // namespace

TEST_CASE("All kernels of the voice detector, and its code for a single call, give the same verdicts") {
  constexpr std::size_t kFrames = 400;
  const auto calls = eight_calls(kFrames);
  std::vector<std::unique_ptr<VoiceGroup>> groups;
  std::vector<VoiceSolo> alone(kVoiceLanes);
  for (const auto* kernels : voice_kernels()) {
    CAPTURE(kernels->name);
    groups.push_back(std::make_unique<VoiceGroup>());
    for (std::size_t lane = 0; lane < kVoiceLanes; ++lane) begin_voice(&groups.back()->rows[0][lane], kVoiceLanes);
  }
  for (auto& solo : alone) begin_voice(solo.rows.data(), 1);
  int wrong = 0, voiced = 0;
  for (std::size_t frame = 0; frame < kFrames; ++frame) {
    for (std::size_t k = 0; k < groups.size(); ++k) {
      for (std::size_t lane = 0; lane < kVoiceLanes; ++lane) {
        for (std::size_t i = 0; i < kFrameSamples; ++i) groups[k]->line[kPastSamples + i][lane] = calls[lane][frame * kFrameSamples + i];
      }
      voice_kernels()[k]->judge(*groups[k]);
    }
    for (std::size_t lane = 0; lane < kVoiceLanes; ++lane) {
      std::copy_n(&calls[lane][frame * kFrameSamples], kFrameSamples, &alone[lane].line[kPastSamples]);
      const bool expected = judge_alone(alone[lane]);
      voiced += expected;
      for (const auto& group : groups) wrong += (group->voiced[lane] != 0) != expected;
    }
  }
  CHECK(wrong == 0);
  CHECK(voiced > 500);
  CHECK(voiced < 2500);
}

TEST_CASE("Each kernel of the voice detector measures exactly the powers of two windows of the received line and of two windows of the sent line") {
  constexpr std::size_t kFrames = 50;
  const auto calls = eight_calls(kFrames);
  for (const auto* kernels : voice_kernels()) {
    CAPTURE(kernels->name);
    const auto group = std::make_unique<VoiceGroup>();
    for (std::size_t lane = 0; lane < kVoiceLanes; ++lane) begin_voice(&group->rows[0][lane], kVoiceLanes);
    int wrong = 0;
    for (std::size_t at = kPastSamples; at + kFrameSamples <= kFrames * kFrameSamples; at += kFrameSamples) {
      // The line beside a call has the next call's samples.
      const auto line = std::make_unique<VoiceLine>();
      for (std::size_t lane = 0; lane < kVoiceLanes; ++lane) {
        for (std::size_t i = 0; i < kLineSamples; ++i) {
          group->line[i][lane] = calls[lane][at - kPastSamples + i];
          (*line)[i][lane] = calls[(lane + 1) % kVoiceLanes][at - kPastSamples + i];
        }
      }
      kernels->judge(*group);
      kernels->measure(*line, group->powers[1]);
      for (std::size_t lane = 0; lane < kVoiceLanes; ++lane) {
        const auto *heard = &calls[lane][at - kPastSamples], *sent = &calls[(lane + 1) % kVoiceLanes][at - kPastSamples];
        const auto expected = four_windows(heard, heard + kStepSamples, sent, sent + kStepSamples);
        const BandsOfCall bands(group->powers, lane);
        for (std::size_t step = 0; step < 2; ++step) {
          wrong += bands.heard(step) != expected[step];
          wrong += bands.sent(step) != expected[2 + step];
        }
      }
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("The band powers equal those of a plain Fourier transform. The band powers of a tone add up to its mean square") {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 3000);
  std::array<std::array<std::int16_t, kWindowSamples>, 4> windows{};
  for (auto& sample : windows[0]) sample = static_cast<std::int16_t>(std::clamp(noise(random), -32000.0, 32000.0));
  for (std::size_t n = 0; n < kWindowSamples; ++n) {
    windows[1][n] = static_cast<std::int16_t>(10000 * std::cos(2 * std::numbers::pi * static_cast<double>(n) / 8));
  }
  windows[2].fill(-32768);
  const auto powers = four_windows(windows[0].data(), windows[1].data(), windows[2].data(), windows[3].data());
  const BandTables& tables = band_tables();
  for (std::size_t window = 0; window < 4; ++window) {
    for (std::size_t band = 0; band < kBands; ++band) {
      double expected = 0;
      for (std::size_t bin = kBandEdges[band]; bin < kBandEdges[band + 1]; ++bin) {
        std::complex<double> sum = 0;
        for (std::size_t n = 0; n < kWindowSamples; ++n) {
          const double turn = -2 * std::numbers::pi * static_cast<double>(bin * n) / kWindowSamples;
          sum += static_cast<double>(tables.window[n]) * windows[window][n] * std::polar(1.0, turn);
        }
        expected += std::norm(sum);
      }
      CHECK(powers[window][band] == doctest::Approx(expected).epsilon(1e-3).scale(1e3));
    }
  }
  float tone = 0;
  for (const float power : powers[1]) tone += power;
  CHECK(tone == doctest::Approx(5e7).epsilon(0.01));
}

TEST_CASE("SixteenBytes operations give the same results as operations on single bytes, for all pairs of values") {
  int wrong = 0;
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      SixteenBytes left = all_sixteen(a), right = all_sixteen(b);
      left[3] = 7;
      right[12] = 9;
      const SixteenBytes difference = less(left, right), sum = more(left, right), above = where_more(left, right);
      const SixteenBytes smaller = least_of(left, right), greater = most_of(left, right);
      unsigned total = 0;
      for (int i = 0; i < 16; ++i) {
        const int x = left[i], y = right[i];
        wrong += difference[i] != std::max(x - y, 0);
        wrong += sum[i] != std::min(x + y, 255);
        wrong += above[i] != (x > y ? 255 : 0);
        wrong += smaller[i] != std::min(x, y);
        wrong += greater[i] != std::max(x, y);
        total += left[i];
      }
      wrong += sum_of(left) != total;
    }
  }
  CHECK(wrong == 0);
}
