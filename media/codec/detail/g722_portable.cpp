#include <offhook/media/codec/detail/g722_kernels.hpp>

#include <offhook/base/usable_kernels.hpp>
#include <offhook/media/codec/detail/g722_tables.hpp>

#include <algorithm>
#include <array>

// This file follows ITU-T G.722 (11/88) section 6.2 block by block, with the names and the order of the recommendation. Each faster implementation
// must give equal results.
namespace offhook::inline v0::media::detail {
namespace {

constexpr int kZeros = 6, kFirstPole = 6, kSecondPole = 7;

std::int16_t cut(int value) {
  return static_cast<std::int16_t>(std::clamp(value, -32768, 32767));
}
int scaled(int a, int b) {
  return a * b >> 15;
}
std::int16_t cut_to_band(int value) {
  return static_cast<std::int16_t>(std::clamp<int>(value, kG722BandMin, kG722BandMax));
}
bool same_sign(int a, int b) {
  return (a ^ b) >= 0;
}

/// UPZERO: moves each zero towards the sign of its product with the new difference, and applies the leakage.
void adapt_zeros(G722Band& band, int difference) {
  const int step = difference == 0 ? 0 : 128;
  for (int i = 0; i < kZeros; ++i) {
    band.weights[i] = cut(scaled(band.weights[i], 32640) + (same_sign(band.doubled[i], difference) ? step : -step));
  }
}

/// UPPOL2, UPPOL1: adapts the second pole and then the first, because the bound of the first pole depends on the second.
void adapt_poles(G722Band& band, int partial) {
  const int first = band.weights[kFirstPole], second = band.weights[kSecondPole];
  const bool like_last = same_sign(partial, band.partial[0]), like_last_but_one = same_sign(partial, band.partial[1]);
  const int four = cut(4 * first);
  const int towards = (cut(like_last ? -four : four) >> 7) + (like_last_but_one ? 128 : -128);
  const int new_second = std::clamp(towards + scaled(second, 32512), -12288, 12288);
  const int bound = 15360 - new_second;
  const int new_first = std::clamp<int>(cut(scaled(first, 32640) + (like_last ? 192 : -192)), -bound, bound);
  band.weights[kFirstPole] = static_cast<std::int16_t>(new_first);
  band.weights[kSecondPole] = static_cast<std::int16_t>(new_second);
}

/// FILTEZ, FILTEP, PREDIC: computes the next estimate. The sums saturate at each step, from the oldest difference on.
void predict(G722Band& band) {
  int zeros = 0;
  for (int i = kZeros - 1; i >= 0; --i) zeros = cut(zeros + scaled(band.weights[i], band.doubled[i]));
  const int first = scaled(band.weights[kFirstPole], band.doubled[kFirstPole]);
  const int second = scaled(band.weights[kSecondPole], band.doubled[kSecondPole]);
  band.zeros = static_cast<std::int16_t>(zeros);
  band.estimate = cut(cut(first + second) + zeros);
}

/// Block 4: adapts the band to a new difference, which encoder and decoder both have. Returns the reconstruction.
std::int16_t follow(G722Band& band, int difference) {
  const std::int16_t reconstruction = cut(band.estimate + difference);  // RECONS
  const std::int16_t partial = cut(band.zeros + difference);            // PARREC
  adapt_zeros(band, difference);
  adapt_poles(band, partial);
  std::copy_backward(band.doubled.begin(), band.doubled.begin() + kZeros - 1, band.doubled.begin() + kZeros);
  band.doubled[0] = cut(2 * difference);
  band.doubled[kSecondPole] = band.doubled[kFirstPole];
  band.doubled[kFirstPole] = cut(2 * reconstruction);
  band.partial = {partial, band.partial[0]};
  predict(band);
  return reconstruction;
}

/// QUANTL: returns the code for the sign, and for the interval of the adapted levels that contains the one's complement magnitude.
std::uint8_t quantise_low(int error, int step) {
  const int size = error < 0 ? ~error : error;
  std::size_t magnitude = 1;
  for (const int level : kG722Levels) magnitude += size >= level * step >> 12;
  return g722_low_code(magnitude, error < 0);
}
std::uint8_t quantise_high(int error, int step) {
  const int size = error < 0 ? ~error : error;
  return g722_high_code(size >= kG722HighLevel * step >> 12 ? 2 : 1, error < 0);
}

std::uint8_t encode_low(G722Band& band, int sample) {
  const int step = g722_low_step(band.log_step);
  const auto code = quantise_low(cut(sample - band.estimate), step);
  follow(band, scaled(step, kG722Low.coarse[code]));
  band.log_step = g722_next_log(band.log_step, kG722Low.log_step[code], kG722LowLogMax);
  return code;
}
std::uint8_t encode_high(G722Band& band, int sample) {
  const int step = g722_high_step(band.log_step);
  const auto code = quantise_high(cut(sample - band.estimate), step);
  follow(band, scaled(step, kG722High[code]));
  band.log_step = g722_next_log(band.log_step, kG722HighLogStep[code], kG722HighLogMax);
  return code;
}

std::int16_t decode_low(G722Band& band, std::uint8_t code) {
  const int step = g722_low_step(band.log_step);
  const std::int16_t heard = cut_to_band(band.estimate + scaled(step, kG722Low.fine[code]));
  follow(band, scaled(step, kG722Low.coarse[code]));
  band.log_step = g722_next_log(band.log_step, kG722Low.log_step[code], kG722LowLogMax);
  return heard;
}
std::int16_t decode_high(G722Band& band, std::uint8_t code) {
  const int step = g722_high_step(band.log_step);
  const std::int16_t heard = follow(band, scaled(step, kG722High[code]));
  band.log_step = g722_next_log(band.log_step, kG722HighLogStep[code], kG722HighLogMax);
  return cut_to_band(heard);
}

void encode(G722Encoder::State& state, const std::int16_t* in, std::uint8_t* out, std::size_t pairs) noexcept {
  constexpr std::size_t kPast = G722Encoder::kPast;
  std::array<std::int16_t, kPast + 2> line;  // oldest first
  std::copy(state.past.begin(), state.past.end(), line.begin());
  for (; pairs > 0; --pairs, in += 2) {
    std::copy_n(in, 2, line.begin() + kPast);
    int older = 0, newer = 0;  // sums over the older and the newer sample of each pair
    for (std::size_t i = 0; i < kG722Qmf.size(); ++i) {
      older += line[2 * i] * kG722Qmf[i];
      newer += line[2 * i + 1] * kG722Qmf[kG722Qmf.size() - 1 - i];
    }
    const auto low = encode_low(state.low, cut_to_band((newer + older) >> kG722AnalysisShift));
    const auto high = encode_high(state.high, cut_to_band((newer - older) >> kG722AnalysisShift));
    *out++ = static_cast<std::uint8_t>(high << 6 | low);
    std::copy(line.begin() + 2, line.end(), line.begin());
  }
  std::copy_n(line.begin(), kPast, state.past.begin());
}

void decode(G722Decoder::State& state, const std::uint8_t* in, std::int16_t* out, std::size_t pairs) noexcept {
  constexpr std::size_t kPast = G722Decoder::kPast;
  std::array<std::int16_t, kPast + 1> sums, differences;
  std::copy(state.past_sums.begin(), state.past_sums.end(), sums.begin());
  std::copy(state.past_differences.begin(), state.past_differences.end(), differences.begin());
  for (; pairs > 0; --pairs, ++in) {
    const int low = decode_low(state.low, *in & 0x3F), high = decode_high(state.high, *in >> 6);
    sums[kPast] = cut(low + high);
    differences[kPast] = cut(low - high);
    int first = 0, second = 0;
    for (std::size_t i = 0; i < kG722Qmf.size(); ++i) {
      first += differences[kPast - i] * kG722Qmf[i];
      second += sums[i] * kG722Qmf[i];
    }
    *out++ = cut(first >> kG722SynthesisShift);
    *out++ = cut(second >> kG722SynthesisShift);
    std::copy(sums.begin() + 1, sums.end(), sums.begin());
    std::copy(differences.begin() + 1, differences.end(), differences.begin());
  }
  std::copy_n(sums.begin(), kPast, state.past_sums.begin());
  std::copy_n(differences.begin(), kPast, state.past_differences.begin());
}

}  // namespace

const G722Kernels kG722Portable{"portable", encode, decode};

std::span<const G722Kernels* const> g722_kernels() noexcept {
#if defined(__x86_64__)
  static const base::UsableKernels<G722Kernels> usable{{&kG722Portable}, {&kG722Avx2, base::InstructionSet::Avx2}};
#else
  static const base::UsableKernels<G722Kernels> usable{{&kG722Portable}};
#endif
  return usable.all();
}

}  // namespace offhook::inline v0::media::detail
