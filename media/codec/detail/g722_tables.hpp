#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// The constants of ITU-T G.722 (11/88). Some tables combine several look-ups of the recommendation's flow charts in one.
namespace offhook::inline v0::media::detail {

/// Every second one of the 24 coefficients of the filters between the sub-bands. The other 12 are the same numbers in reverse order.
inline constexpr std::array<std::int16_t, 12> kG722Qmf{3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11};
inline constexpr int kG722AnalysisShift = 14, kG722SynthesisShift = 11;
inline constexpr std::int16_t kG722BandMax = 16383, kG722BandMin = -16384;  // sub-bands have 15 bits

// Decision levels of the lower sub-band, numbered from 1, for a step of 4096. Magnitude m (1 to 30) starts at level m - 1; magnitude 1 starts at 0.
inline constexpr std::array<std::int16_t, 29> kG722Levels{35, 72, 110, 150, 190, 233, 276, 323, 370, 422,
                                                          473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121,
                                                          1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919};
inline constexpr std::int16_t kG722HighLevel = 564;

/// Returns the lower sub-band's code of six bits. The codes of the two smallest negative magnitudes follow the codes of the positive magnitudes.
constexpr std::uint8_t g722_low_code(std::size_t magnitude, bool negative) {
  if (!negative) return static_cast<std::uint8_t>(62 - magnitude);
  return static_cast<std::uint8_t>((magnitude <= 2 ? 64 : 34) - magnitude);
}
constexpr std::uint8_t g722_high_code(std::size_t magnitude, bool negative) {
  return static_cast<std::uint8_t>((negative ? 2 : 4) - magnitude);
}

/// Tables of the lower sub-band, indexed by its code, for a step of 32,768. `fine` depends on all six bits, and is for the output. `coarse` depends
/// on the upper four bits; encoder and decoder predict from it. `log_step` is the change of the step's logarithm, from the same four bits.
struct G722LowCodes {
  std::array<std::int16_t, 64> fine{};
  std::array<std::int16_t, 64> coarse{};
  std::array<std::int16_t, 64> log_step{};
};
constexpr G722LowCodes g722_low_codes() {
  constexpr std::array<std::int16_t, 31> kFine{0, 17, 54, 91, 130, 170, 211, 254, 300, 347, 396,
                                               447, 501, 558, 618, 682, 750, 822, 899, 982, 1072, 1170,
                                               1279, 1399, 1535, 1689, 1873, 2088, 2376, 2738, 3101};
  constexpr std::array<std::int16_t, 8> kCoarse{0, 150, 323, 530, 786, 1121, 1612, 2557};
  constexpr std::array<std::int16_t, 8> kLogStep{-60, -30, 58, 172, 334, 538, 1198, 3042};
  G722LowCodes codes{};
  for (int code = 0; code < 64; ++code) {
    const bool fine_negative = code < 32 || code >= 62;
    const int fine = code < 4 ? 1 : code < 32 ? 34 - code : code < 62 ? 62 - code : 64 - code;  // Codes 0 to 3 are never sent.
    codes.fine[code] = static_cast<std::int16_t>((fine_negative ? -8 : 8) * kFine[fine]);
    const int upper = code >> 2, coarse = upper == 0 ? 0 : upper < 8 ? 8 - upper : 15 - upper;
    codes.coarse[code] = static_cast<std::int16_t>((upper < 8 ? -8 : 8) * kCoarse[coarse]);
    codes.log_step[code] = kLogStep[coarse];
  }
  return codes;
}
inline constexpr G722LowCodes kG722Low = g722_low_codes();

inline constexpr std::array<std::int16_t, 4> kG722High{-8 * 926, -8 * 202, 8 * 926, 8 * 202};
inline constexpr std::array<std::int16_t, 4> kG722HighLogStep{798, -214, 798, -214};

inline constexpr int kG722LowLogMax = 18432, kG722HighLogMax = 22528;

/// Applies leakage and change to the step's logarithm, and keeps the result in 0 to `max`. Has no branches: a processor could not predict them.
constexpr std::int16_t g722_next_log(int log_step, int change, int max) {
  const int moved = (log_step * 127 >> 7) + change, not_below = moved & ~(moved >> 31), above = not_below - max;
  return static_cast<std::int16_t>(max + (above & above >> 31));
}

/// Returns the steps, indexed by the upper bits of their logarithm: 32 steps per octave.
constexpr std::array<std::int16_t, 353> g722_steps() {
  constexpr std::array<int, 32> kOctave{2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543,
                                        2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158, 3228,
                                        3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008};
  std::array<std::int16_t, 353> steps{};
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = static_cast<std::int16_t>((kOctave[i % 32] * 2 >> (11 - i / 32)) * 4);
  return steps;
}
inline constexpr auto kG722Steps = g722_steps();
constexpr std::int16_t g722_low_step(int log_step) {
  return kG722Steps[static_cast<std::size_t>(log_step >> 6) + 64];
}
constexpr std::int16_t g722_high_step(int log_step) {
  return kG722Steps[static_cast<std::size_t>(log_step >> 6)];
}

}  // namespace offhook::inline v0::media::detail
