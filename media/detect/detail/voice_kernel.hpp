#pragma once

#include <offhook/media/detect/detail/band_kernel.hpp>
#include <offhook/media/detect/detail/voice_lanes.hpp>

#include <algorithm>

// The voice detector for any width of vectors: band_kernel.hpp explains how it is compiled.
//
// In each band the detector tracks the noise: the mean power of the steps that are near the minimum of the last seconds, as in Cohen's minima
// controlled recursive averaging (I. Cohen, "Noise spectrum estimation in adverse environments", IEEE Transactions on Speech and Audio Processing,
// 2003). It finds voice where the power is too high for this noise. The measure is the sum over the bands of x - ln(1 + x), with
// x = power / noise - 1 where that is positive. This is the likelihood ratio of a gaussian signal of any spectrum against the noise (J. Sohn, "A
// statistical model-based voice activity detection", IEEE Signal Processing Letters, 1999).
namespace offhook::inline v0::media::detail {
namespace {  // NOLINT: on purpose, as band_kernel.hpp explains

struct VoiceTuning {
  static constexpr float kSmoothing = 0.25F, kQuick = 0.5F;
  static constexpr float kStepsOfLeast = 160;         // 1.6 s, after which kNextLeastRow replaces kLeastRow
  static constexpr float kAbsent = 5.0F;              // power up to this many times the least is noise: the noise estimate follows it
  static constexpr float kLearn = 0.06F, kLearnAtFirst = 0.25F;
  static constexpr float kMostOverLeast = 4.0F;       // largest ratio of the mean noise to its least
  static constexpr float kMostOverNoise = 19.0F;      // 13 dB: a higher ratio in one band gives no more evidence
  static constexpr float kOn = 0.11F, kOff = 0.06F;   // mean ratio at which voice starts, and above which it continues
  static constexpr float kLongRun = 3, kLongHold = 6, kShortHold = 1;  // steps: kLongRun voiced steps hold the voice for kLongHold, fewer for kShortHold
  static constexpr float kLoud = kFullScalePower * 1e-6F;  // -60 dBov: fainter signals are the idle noise of a digital line, not a voice
  static constexpr float kNoiseFloor = kFullScalePower * 1e-7F / kBins;  // -70 dBov, spread evenly over the bins
  static constexpr float kTiny = 1e-3F;               // avoids denormals, which would make silence slow
};

template <class V>
OFFHOOK_KERNEL inline V least_of(V a, V b) noexcept {
  return a < b ? a : b;
}
template <class V>
OFFHOOK_KERNEL inline V most_of(V a, V b) noexcept {
  return a > b ? a : b;
}

/// Judges one step of 10 ms, with the call's rows `stride` floats apart. Returns 1 in lanes with voice, else 0.
template <class V>
OFFHOOK_KERNEL inline V judge_step(float* rows, std::size_t stride, const V* bands) noexcept {
  using T = VoiceTuning;
  const V zero{}, one = zero + 1.0F;
  V countdown = Lanes<V>::load(rows + kCountdownRow * stride) - 1.0F;
  const auto changes = countdown <= zero;
  store_lanes(changes ? zero + T::kStepsOfLeast : countdown, rows + kCountdownRow * stride);
  const V young = most_of(Lanes<V>::load(rows + kYoungRow * stride) - 1.0F, zero);
  store_lanes(young, rows + kYoungRow * stride);
  const V learn = young > zero ? zero + T::kLearnAtFirst : zero + T::kLearn;
  V total = zero, evidence = zero;
  for (std::size_t band = 0; band < kBands; ++band) {
    const auto row = [rows, stride, band](std::size_t first) { return rows + (first + band) * stride; };
    const auto width = static_cast<float>(kBandEdges[band + 1] - kBandEdges[band]);
    const V power = bands[band] + T::kTiny;
    total += power;
    V smooth = Lanes<V>::load(row(kSmoothRow)), quick = Lanes<V>::load(row(kQuickRow)), noise = Lanes<V>::load(row(kNoiseRow));
    smooth += T::kSmoothing * (power - smooth);
    quick += T::kQuick * (power - quick);
    const V next = least_of(Lanes<V>::load(row(kNextLeastRow)), smooth);
    V least = least_of(Lanes<V>::load(row(kLeastRow)), smooth);
    least = changes ? next : least;
    noise = smooth < T::kAbsent * least ? noise + learn * (power - noise) : noise;
    noise = most_of(least_of(noise, T::kMostOverLeast * least), most_of(least, zero + T::kNoiseFloor * width));
    // x - ln(1 + x) is about 3 x x / (6 + 4 x), within a tenth. A logarithm would cost more than all the other operations.
    const V over = least_of(most_of(quick - noise, zero), T::kMostOverNoise * noise);
    evidence += width * (1.5F * over * over / (noise * (3.0F * noise + 2.0F * over)));
    store_lanes(smooth, row(kSmoothRow));
    store_lanes(quick, row(kQuickRow));
    store_lanes(least, row(kLeastRow));
    store_lanes(changes ? smooth : next, row(kNextLeastRow));
    store_lanes(noise, row(kNoiseRow));
  }
  const V run = Lanes<V>::load(rows + kRunRow * stride), hold = Lanes<V>::load(rows + kHoldRow * stride);
  const V mark = hold > zero ? zero + T::kOff * static_cast<float>(kBins) : zero + T::kOn * static_cast<float>(kBins);
  const V found = (evidence > mark ? one : zero) * (total >= zero + T::kLoud ? one : zero);
  const V longer = (run + 1.0F) * found;
  const V renewed = longer >= zero + T::kLongRun ? zero + T::kLongHold : most_of(hold - 1.0F, zero + T::kShortHold);
  const V left = found > zero ? renewed : most_of(hold - 1.0F, zero);
  store_lanes(longer, rows + kRunRow * stride);
  store_lanes(left, rows + kHoldRow * stride);
  return (found > zero ? one : (hold > zero ? one : zero)) * (total >= zero + T::kLoud ? one : zero);
}

/// Computes the bands of 128 samples from line[0] on, for as many lanes as V has.
template <class V>
OFFHOOK_KERNEL inline void group_powers(const BandTables& tables, const std::array<std::int16_t, kVoiceLanes>* line, std::size_t lane,
                                        V* bands) noexcept {
  std::array<Complex<V>, kWindowSamples / 2> values;
  for (std::size_t n = 0; n < values.size(); ++n) {
    values[n].re = tables.window[2 * n] * Lanes<V>::widen(line[2 * n].data() + lane);
    values[n].im = tables.window[2 * n + 1] * Lanes<V>::widen(line[2 * n + 1].data() + lane);
  }
  band_powers(tables, values.data(), bands);
}

template <class V>
OFFHOOK_KERNEL inline void judge_group(VoiceGroup& group) noexcept {
  const BandTables& tables = band_tables();
  std::array<V, kBands + 1> bands;
  for (std::size_t lane = 0; lane < kVoiceLanes; lane += Lanes<V>::kCount) {
    V voiced{};
    for (std::size_t half = 0; half < 2; ++half) {
      group_powers(tables, &group.line[half * kStepSamples], lane, bands.data());
      for (std::size_t band = 0; band < kBands; ++band) store_lanes(bands[band], &group.powers[0][half][band][lane]);
      voiced = most_of(voiced, judge_step(&group.rows[0][lane], kVoiceLanes, bands.data()));
    }
    std::array<float, Lanes<V>::kCount> verdicts;
    store_lanes(voiced, verdicts.data());
    for (std::size_t i = 0; i < verdicts.size(); ++i) group.voiced[lane + i] = verdicts[i] > 0 ? 1 : 0;
  }
  std::memcpy(group.line.data(), &group.line[kFrameSamples], kPastSamples * sizeof group.line[0]);
}

template <class V>
OFFHOOK_KERNEL inline void measure_line(const VoiceLine& line, TwoSteps& powers) noexcept {
  const BandTables& tables = band_tables();
  std::array<V, kBands + 1> bands;
  for (std::size_t lane = 0; lane < kVoiceLanes; lane += Lanes<V>::kCount) {
    for (std::size_t half = 0; half < 2; ++half) {
      group_powers(tables, &line[half * kStepSamples], lane, bands.data());
      for (std::size_t band = 0; band < kBands; ++band) store_lanes(bands[band], &powers[half][band][lane]);
    }
  }
}

}  // namespace
}  // namespace offhook::inline v0::media::detail
