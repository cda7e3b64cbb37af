#include <offhook/media/codec/detail/g722_kernels.hpp>
#include <offhook/media/codec/detail/g722_tables.hpp>

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <cstring>

// Each function is compiled for AVX2 on its own, so that no inline function of a header is compiled for AVX2 in this file.
#define OFFHOOK_AVX2 [[gnu::target("avx2")]]  // NOLINT: only a macro can name an attribute

// One predictor processes both sub-bands: the lower one in the lower half of each register, the upper one in the upper half. Each half has six zeros
// and two poles side by side. A value that exists once per band (its difference, its estimate) fills all eight words of its half. The filters between
// the sub-bands run separately, before and after, for a whole part of a frame.
namespace offhook::inline v0::media::detail {
namespace {

constexpr std::size_t kPart = 160;  // pairs of samples processed at a time: 20 ms
constexpr std::size_t kTaps = kG722Qmf.size();

// Blend masks, with one bit for each word of a half. kPoles selects the two poles; kNewest selects the first zero and the first pole, which belong to
// the newest pair of samples.
constexpr int kPoles = 0b11000000, kNewest = 0b01000001;

OFFHOOK_AVX2 inline __m256i both(__m128i half) {
  return _mm256_broadcastsi128_si256(half);
}
OFFHOOK_AVX2 inline __m256i eight(int zeros, int first_pole, int second_pole) {
  const auto z = static_cast<short>(zeros), a = static_cast<short>(first_pole), b = static_cast<short>(second_pole);
  return _mm256_setr_epi16(z, z, z, z, z, z, a, b, z, z, z, z, z, z, a, b);
}
OFFHOOK_AVX2 inline __m256i two_halves(const std::array<std::int16_t, 8>& low, const std::array<std::int16_t, 8>& high) {
  return _mm256_loadu2_m128i(reinterpret_cast<const __m128i*>(high.data()), reinterpret_cast<const __m128i*>(low.data()));
}
/// Returns the lower word of `pair` in the lower half, and the upper word in the upper half.
OFFHOOK_AVX2 inline __m256i spread(std::uint32_t pair) {
  const __m256i words = _mm256_set_m128i(_mm_set1_epi16(0x0302), _mm_set1_epi16(0x0100));
  return _mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<int>(pair)), words);
}
inline std::uint32_t pair_of(int low, int high) {
  return (static_cast<std::uint32_t>(low) & 0xFFFF) | static_cast<std::uint32_t>(high) << 16;
}
OFFHOOK_AVX2 inline std::int16_t low_word(__m256i words) {
  return static_cast<std::int16_t>(_mm_extract_epi16(_mm256_castsi256_si128(words), 0));
}
OFFHOOK_AVX2 inline std::int16_t high_word(__m256i words) {
  return static_cast<std::int16_t>(_mm_extract_epi16(_mm256_extracti128_si256(words, 1), 0));
}

/// Fills each half with the sum of its eight words.
[[gnu::always_inline]] OFFHOOK_AVX2 inline __m256i sum_of_eight(__m256i words) {
  const __m256i four = _mm256_add_epi16(words, _mm256_shuffle_epi32(words, _MM_SHUFFLE(1, 0, 3, 2)));
  const __m256i two = _mm256_add_epi16(four, _mm256_shuffle_epi32(four, _MM_SHUFFLE(2, 3, 0, 1)));
  const __m256i neighbours = both(_mm_setr_epi8(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  return _mm256_add_epi16(two, _mm256_shuffle_epi8(two, neighbours));
}
/// Fills each half with its word number kWord.
template <int kWord>
[[gnu::always_inline]] OFFHOOK_AVX2 inline __m256i filled_with(__m256i words) {
  return _mm256_shuffle_epi8(words, _mm256_set1_epi16((2 * kWord + 1) << 8 | 2 * kWord));
}
/// Returns x y >> 15, if that fits 16 bits.
[[gnu::always_inline]] OFFHOOK_AVX2 inline __m256i products(__m256i x, __m256i y) {
  return _mm256_or_si256(_mm256_slli_epi16(_mm256_mulhi_epi16(x, y), 1), _mm256_srli_epi16(_mm256_mullo_epi16(x, y), 15));
}

/// Block 4 of both bands. The portable version is follow() in g722_portable.cpp. It is always inlined, so that no value
/// goes through memory between one pair and the next.
class Predictor {
 public:
  OFFHOOK_AVX2 Predictor(const G722Band& low, const G722Band& high)
      : weights_(two_halves(low.weights, high.weights)),
        doubled_(two_halves(low.doubled, high.doubled)),
        zeros_(spread(pair_of(low.zeros, high.zeros))),
        estimate_(spread(pair_of(low.estimate, high.estimate))) {
    const __m256i last = spread(pair_of(low.partial[0], high.partial[0])),
                  one_before = spread(pair_of(low.partial[1], high.partial[1]));
    signs_ = _mm256_blend_epi16(_mm256_blend_epi16(doubled_, last, 0b01000000), one_before, 0b10000000);
  }

  OFFHOOK_AVX2 __m256i estimate() const { return estimate_; }

  [[gnu::always_inline]] OFFHOOK_AVX2 inline void follow(__m256i difference) {
    const __m256i zero = _mm256_setzero_si256();
    const __m256i reconstruction = _mm256_adds_epi16(estimate_, difference), partial = _mm256_adds_epi16(zeros_, difference);
    const __m256i newest = _mm256_blend_epi16(difference, partial, kPoles);
    // Leakage: w * 32640 >> 15 equals w + (w * -256 >> 16), and w * 32512 >> 15 equals w + (w * -512 >> 16).
    const __m256i leaked = _mm256_add_epi16(weights_, _mm256_mulhi_epi16(weights_, eight(-256, -256, -512)));
    // Moves each weight up if the newest value and the weight's own earlier value have the same sign, else down. A difference of 0 moves no zero.
    const __m256i unlike = _mm256_srai_epi16(_mm256_xor_si256(newest, signs_), 15);
    const __m256i still = _mm256_blend_epi16(_mm256_cmpeq_epi16(difference, zero), zero, kPoles);
    const __m256i size = _mm256_andnot_si256(still, eight(128, 192, 128));
    const __m256i moved = _mm256_adds_epi16(leaked, _mm256_sub_epi16(_mm256_xor_si256(size, unlike), unlike));
    const __m256i bounded = bounded_poles(moved, unlike);
    signs_ = _mm256_blend_epi16(_mm256_slli_si256(signs_, 2), newest, kNewest);

    const __m256i both_new = _mm256_blend_epi16(difference, reconstruction, kPoles);
    doubled_ = _mm256_blend_epi16(_mm256_slli_si256(doubled_, 2), _mm256_adds_epi16(both_new, both_new), kNewest);
    // The zeros' part does not need to wait for the bounds of the poles.
    zeros_ = sum_of_zeros(products(moved, doubled_));
    weights_ = bounded;
    const __m256i of_poles = products(weights_, doubled_);
    estimate_ = _mm256_adds_epi16(_mm256_adds_epi16(filled_with<6>(of_poles), filled_with<7>(of_poles)), zeros_);
  }

  OFFHOOK_AVX2 void store(G722Band& low, G722Band& high) const {
    _mm256_storeu2_m128i(reinterpret_cast<__m128i*>(high.weights.data()), reinterpret_cast<__m128i*>(low.weights.data()),
                         weights_);
    _mm256_storeu2_m128i(reinterpret_cast<__m128i*>(high.doubled.data()), reinterpret_cast<__m128i*>(low.doubled.data()),
                         doubled_);
    alignas(32) std::array<std::int16_t, 16> signs;
    _mm256_store_si256(reinterpret_cast<__m256i*>(signs.data()), signs_);
    low.partial = {signs[6], signs[7]};
    high.partial = {signs[14], signs[15]};
    low.zeros = low_word(zeros_);
    high.zeros = high_word(zeros_);
    low.estimate = low_word(estimate_);
    high.estimate = high_word(estimate_);
  }

 private:
  /// Bounds the poles, and returns the zeros unchanged.
  [[gnu::always_inline]] OFFHOOK_AVX2 inline __m256i bounded_poles(__m256i moved, __m256i unlike) const {
    // The second pole's change includes four times the first pole, clamped, with the sign of p0 times p1.
    const __m256i twice = _mm256_adds_epi16(weights_, weights_);
    const __m256i four = _mm256_slli_si256(_mm256_adds_epi16(twice, twice), 2);
    const __m256i like_last = _mm256_srai_epi16(_mm256_subs_epi16(_mm256_setzero_si256(), four), 7);
    const __m256i unlike_last = _mm256_srai_epi16(four, 7);
    const __m256i of_first =
        _mm256_and_si256(_mm256_blendv_epi8(like_last, unlike_last, _mm256_slli_si256(unlike, 2)), eight(0, 0, -1));
    const __m256i seen = _mm256_adds_epi16(moved, of_first);
    const __m256i bounded = _mm256_min_epi16(_mm256_max_epi16(seen, eight(-32768, -32768, -12288)), eight(32767, 32767, 12288));
    // The bound of the first pole depends on the new value of the second one.
    const __m256i second = _mm256_and_si256(_mm256_srli_si256(bounded, 2), eight(0, -1, 0));
    const __m256i upper = _mm256_subs_epi16(eight(32767, 15360, 32767), second);
    const __m256i lower = _mm256_adds_epi16(eight(-32768, -15360, -32768), second);
    return _mm256_max_epi16(_mm256_min_epi16(bounded, upper), lower);
  }

  /// Returns the sum of the zeros, saturated at each step, from the oldest one on.
  [[gnu::always_inline]] OFFHOOK_AVX2 static inline __m256i sum_of_zeros(__m256i products) {
    const __m256i two = _mm256_adds_epi16(filled_with<5>(products), filled_with<4>(products));
    const __m256i four = _mm256_adds_epi16(_mm256_adds_epi16(two, filled_with<3>(products)), filled_with<2>(products));
    return _mm256_adds_epi16(_mm256_adds_epi16(four, filled_with<1>(products)), filled_with<0>(products));
  }

  __m256i weights_, doubled_;
  __m256i signs_;  // d1 ... d6 (doubled or not), p1, p2
  __m256i zeros_, estimate_;
};

/// The steps of both bands. Reads the tables through plain pointers, because a bounds check per sample costs as much as the sample itself.
class Steps {
 public:
  Steps(const G722Band& low, const G722Band& high) : low_log_(low.log_step), high_log_(high.log_step) {}
  int low() const { return kG722Steps.data()[(low_log_ >> 6) + 64]; }
  int high() const { return kG722Steps.data()[high_log_ >> 6]; }
  OFFHOOK_AVX2 __m256i words() const {  // A broadcast from memory is faster than one through two general registers.
    return _mm256_blend_epi32(_mm256_set1_epi16(kG722Steps.data()[(low_log_ >> 6) + 64]),
                              _mm256_set1_epi16(kG722Steps.data()[high_log_ >> 6]), 0xF0);
  }
  void move(int low_by, int high_by) {
    low_log_ = g722_next_log(low_log_, low_by, kG722LowLogMax);
    high_log_ = g722_next_log(high_log_, high_by, kG722HighLogMax);
  }
  void store(G722Band& low, G722Band& high) const {
    low.log_step = static_cast<std::int16_t>(low_log_);
    high.log_step = static_cast<std::int16_t>(high_log_);
  }

 private:
  int low_log_, high_log_;
};
// Encoder and decoder predict from the coarse difference alone. Therefore the encoder's next sample waits for this difference and not for the code,
// and the vector registers compute the difference. Each word of a half holds one decision level, times 16. The upper half of its product with the
// step is the level for that step. Each level also has the difference that applies from this level on. The sum over the levels reached adds up the
// steps between these differences. The upper band has two differences; the first one applies from 0 on. Spare words repeat the last level.
constexpr std::size_t kCoarseOf[8] = {1, 2, 3, 4, 5, 6, 7, 7};
constexpr std::size_t kHighOf[8] = {1, 2, 2, 2, 2, 2, 2, 2};
struct Coarse {
  alignas(32) std::int16_t levels[16];
  alignas(32) std::int16_t positive[16];
  alignas(32) std::int16_t negative[16];
};
constexpr Coarse coarse() {
  Coarse all{};
  for (std::size_t i = 0; i < 8; ++i) {
    all.levels[i] = static_cast<std::int16_t>(kG722Levels[4 * kCoarseOf[i] - 3] * 16);
    all.positive[i] = kG722Low.coarse[g722_low_code(4 * kCoarseOf[i] - 1, false)];
    all.levels[8 + i] = static_cast<std::int16_t>(i == 0 ? 0 : kG722HighLevel * 16);
    all.positive[8 + i] = kG722High[g722_high_code(kHighOf[i], false)];
  }
  for (std::size_t i = 0; i < 16; ++i) all.negative[i] = static_cast<std::int16_t>(-all.positive[i]);
  return all;
}
constexpr Coarse kCoarse = coarse();

/// Returns the change of the lower step's logarithm, indexed by the number of coarse levels reached.
constexpr std::array<std::int16_t, 9> low_moves() {
  std::array<std::int16_t, 9> moves{};
  for (std::size_t reached = 0; reached < 9; ++reached)
    moves[reached] = kG722Low.log_step[g722_low_code(std::max<std::size_t>(4 * std::min<std::size_t>(reached, 7), 2) - 1, false)];
  return moves;
}
constexpr auto kLowMoves = low_moves();
constexpr std::array<std::int16_t, 2> kHighMoves{kG722HighLogStep[g722_high_code(1, false)],
                                                 kG722HighLogStep[g722_high_code(2, false)]};

struct Difference {
  __m256i words;
  std::size_t low_reached, high_reached;  // levels
};

OFFHOOK_AVX2 inline __m256i load(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}
[[gnu::always_inline]] OFFHOOK_AVX2 inline __m256i steps_between(__m256i differences) {
  return _mm256_sub_epi16(differences, _mm256_slli_si256(differences, 2));
}
[[gnu::always_inline]] OFFHOOK_AVX2 inline Difference coarse_difference(__m256i error, __m256i steps) {
  const __m256i levels = _mm256_mulhi_epu16(load(kCoarse.levels), steps);
  const __m256i positive = steps_between(products(load(kCoarse.positive), steps)),
                negative = steps_between(products(load(kCoarse.negative), steps));
  const __m256i sign = _mm256_srai_epi16(error, 15);
  const __m256i above = _mm256_cmpgt_epi16(levels, _mm256_xor_si256(error, sign));
  const __m256i counts = _mm256_andnot_si256(above, _mm256_blendv_epi8(positive, negative, sign));
  const auto mask = static_cast<std::uint32_t>(_mm256_movemask_epi8(above));
  return {sum_of_eight(counts), static_cast<std::size_t>(__builtin_ctz(mask | 0x10000)) / 2, (mask >> 31 ^ 1)};
}

/// Differences with the steps that quantise them. codes() encodes them later, for many pairs at once.
struct Errors {
  alignas(32) std::int16_t low[kPart], high[kPart], low_step[kPart], high_step[kPart];
};

/// Returns the codes of sixteen pairs.
OFFHOOK_AVX2 inline __m128i codes(const Errors& errors, std::size_t n) {
  const __m256i low = load(errors.low + n), high = load(errors.high + n), low_step = load(errors.low_step + n);
  const __m256i low_sign = _mm256_srai_epi16(low, 15), high_sign = _mm256_srai_epi16(high, 15);
  const __m256i low_size = _mm256_xor_si256(low, low_sign), high_size = _mm256_xor_si256(high, high_sign);
  __m256i above = _mm256_setzero_si256();  // minus the number of levels above the magnitude
  for (std::size_t i = 0; i < kG722Levels.size(); ++i) {
    const __m256i level = _mm256_set1_epi16(static_cast<short>(kG722Levels.data()[i] * 16));
    above = _mm256_add_epi16(above, _mm256_cmpgt_epi16(_mm256_mulhi_epu16(level, low_step), low_size));
  }
  // The error reaches 29 + above levels, and its magnitude is one more than this number. The code is g722_low_code() of this magnitude.
  const __m256i positive = _mm256_sub_epi16(_mm256_set1_epi16(62 - 30), above);
  const __m256i small = _mm256_cmpgt_epi16(_mm256_set1_epi16(2 - 29), above);
  const __m256i negative =
      _mm256_add_epi16(_mm256_sub_epi16(_mm256_set1_epi16(34 - 30), above), _mm256_and_si256(small, _mm256_set1_epi16(64 - 34)));
  const __m256i low_code = _mm256_blendv_epi8(positive, negative, low_sign);
  // This is g722_high_code(): 3 or 2, and 2 less if the difference is negative.
  const __m256i high_level = _mm256_mulhi_epu16(_mm256_set1_epi16(kG722HighLevel * 16), load(errors.high_step + n));
  const __m256i high_above = _mm256_cmpgt_epi16(high_level, high_size);
  const __m256i high_code =
      _mm256_add_epi16(_mm256_sub_epi16(_mm256_set1_epi16(2), high_above), _mm256_add_epi16(high_sign, high_sign));
  const __m256i octets = _mm256_or_si256(_mm256_slli_epi16(high_code, 6), low_code);
  return _mm_packus_epi16(_mm256_castsi256_si128(octets), _mm256_extracti128_si256(octets, 1));
}

OFFHOOK_AVX2 void code(const Errors& errors, std::size_t pairs, std::uint8_t* out) {
  std::size_t n = 0;
  for (; n + 16 <= pairs; n += 16) _mm_storeu_si128(reinterpret_cast<__m128i*>(out + n), codes(errors, n));
  if (n == pairs) return;
  std::uint8_t last[16];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(last), codes(errors, n));
  std::memcpy(out + n, last, pairs - n);
}

/// Splits the signal into sub-bands. `bands` gets both values of each pair side by side, in whole vectors of eight pairs. `line` starts with earlier samples.
OFFHOOK_AVX2 void analyse(const std::int16_t* line, std::size_t pairs, std::uint32_t* bands) {
  const __m256i max = _mm256_set1_epi16(kG722BandMax), min = _mm256_set1_epi16(kG722BandMin);
  const __m256i side_by_side = both(_mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15));
  for (std::size_t n = 0; n < pairs; n += 8) {
    __m256i low = _mm256_setzero_si256(), high = low;
    for (std::size_t i = 0; i < kTaps; ++i) {
      const __m256i samples = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(line + 2 * (n + i)));
      const int older = kG722Qmf[i], newer = kG722Qmf[kTaps - 1 - i];
      low = _mm256_add_epi32(low, _mm256_madd_epi16(samples, _mm256_set1_epi32(static_cast<int>(pair_of(older, newer)))));
      high = _mm256_add_epi32(high, _mm256_madd_epi16(samples, _mm256_set1_epi32(static_cast<int>(pair_of(-older, newer)))));
    }
    const __m256i packed =
        _mm256_packs_epi32(_mm256_srai_epi32(low, kG722AnalysisShift), _mm256_srai_epi32(high, kG722AnalysisShift));
    const __m256i cut = _mm256_max_epi16(_mm256_min_epi16(packed, max), min);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(bands + n), _mm256_shuffle_epi8(cut, side_by_side));
  }
}

struct EvenOdd {
  __m256i even, odd;  // outputs, 32 bits each
};

/// Computes sixteen outputs of one half of the filter: the outputs at even places in `even`, the outputs at odd places in `odd`.
OFFHOOK_AVX2 inline EvenOdd synthesise_half(const std::int16_t* line, const std::array<std::int16_t, kTaps>& taps) {
  EvenOdd sums{_mm256_setzero_si256(), _mm256_setzero_si256()};
  for (std::size_t i = 0; i < kTaps; i += 2) {
    const __m256i two = _mm256_set1_epi32(static_cast<int>(pair_of(taps[i], taps[i + 1])));
    sums.even =
        _mm256_add_epi32(sums.even, _mm256_madd_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(line + i)), two));
    sums.odd =
        _mm256_add_epi32(sums.odd, _mm256_madd_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(line + i + 1)), two));
  }
  return sums;
}
/// Restores the order within each half: words 0-7 in the lower half, words 8-15 in the upper half.
OFFHOOK_AVX2 inline __m256i in_order(const EvenOdd& sums) {
  const __m256i packed =
      _mm256_packs_epi32(_mm256_srai_epi32(sums.even, kG722SynthesisShift), _mm256_srai_epi32(sums.odd, kG722SynthesisShift));
  return _mm256_shuffle_epi8(packed, both(_mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15)));
}

constexpr std::array<std::int16_t, kTaps> reversed(std::array<std::int16_t, kTaps> taps) {
  std::reverse(taps.begin(), taps.end());
  return taps;
}
constexpr auto kBackwards = reversed(kG722Qmf);

/// Joins the sub-bands, in whole vectors of sixteen pairs. Both lines start with earlier samples.
OFFHOOK_AVX2 void synthesise(const std::int16_t* sums, const std::int16_t* differences, std::size_t pairs, std::int16_t* out) {
  for (std::size_t n = 0; n < pairs; n += 16) {
    const __m256i first = in_order(synthesise_half(differences + n, kBackwards));
    const __m256i second = in_order(synthesise_half(sums + n, kG722Qmf));
    const __m256i low = _mm256_unpacklo_epi16(first, second), high = _mm256_unpackhi_epi16(first, second);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 2 * n), _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 2 * n + 16), _mm256_permute2x128_si256(low, high, 0x31));
  }
}

OFFHOOK_AVX2 void encode_part(G722Encoder::State& state, const std::int16_t* in, std::uint8_t* out, std::size_t pairs) {
  constexpr std::size_t kPast = G722Encoder::kPast;
  std::array<std::int16_t, kPast + 2 * kPart + 16> line;
  std::copy_n(state.past.begin(), kPast, line.begin());
  std::copy_n(in, 2 * pairs, line.begin() + kPast);
  std::fill_n(line.begin() + static_cast<std::ptrdiff_t>(kPast + 2 * pairs), 16, std::int16_t{0});
  std::uint32_t bands[kPart];
  analyse(line.data(), pairs, bands);
  std::copy_n(line.begin() + static_cast<std::ptrdiff_t>(2 * pairs), kPast, state.past.begin());

  Predictor predictor(state.low, state.high);
  Steps steps(state.low, state.high);
  Errors errors;
  for (std::size_t n = 0; n < pairs; ++n) {
    const __m256i error = _mm256_subs_epi16(spread(bands[n]), predictor.estimate());
    errors.low_step[n] = static_cast<std::int16_t>(steps.low());
    errors.high_step[n] = static_cast<std::int16_t>(steps.high());
    const auto difference = coarse_difference(error, steps.words());
    predictor.follow(difference.words);
    steps.move(kLowMoves.data()[difference.low_reached], kHighMoves.data()[difference.high_reached]);
    errors.low[n] = low_word(error);
    errors.high[n] = high_word(error);
  }
  predictor.store(state.low, state.high);
  steps.store(state.low, state.high);
  code(errors, pairs, out);
}

/// Decodes octets with the steps that they define. This class does not depend on the predictor. Therefore the processor runs both at the same time.
class Expansion {
 public:
  Expansion(const G722Band& low_band, const G722Band& high_band) : steps_(low_band, high_band) {}

  /// Returns the differences of both bands that the predictor uses.
  std::uint32_t expand(std::size_t n, std::uint8_t octet) {
    const std::size_t low_code = octet & 0x3FU, high_code = octet >> 6;
    const int low_step = steps_.low(), of_high = kG722High.data()[high_code] * steps_.high() >> 15;
    low[n] = static_cast<std::int16_t>(kG722Low.fine.data()[low_code] * low_step >> 15);
    high[n] = static_cast<std::int16_t>(of_high);
    steps_.move(kG722Low.log_step.data()[low_code], kG722HighLogStep.data()[high_code]);
    return pair_of(kG722Low.coarse.data()[low_code] * low_step >> 15, of_high);
  }
  void store(G722Band& low_band, G722Band& high_band) const { steps_.store(low_band, high_band); }

  alignas(32) std::int16_t low[kPart], high[kPart];  ///< differences for the output samples

 private:
  Steps steps_;
};

/// Returns sixteen output words of a band.
OFFHOOK_AVX2 inline __m256i heard(const std::int16_t* estimates, const std::int16_t* differences) {
  const __m256i sum = _mm256_adds_epi16(load(estimates), load(differences));
  return _mm256_max_epi16(_mm256_min_epi16(sum, _mm256_set1_epi16(kG722BandMax)), _mm256_set1_epi16(kG722BandMin));
}

OFFHOOK_AVX2 void decode_part(G722Decoder::State& state, const std::uint8_t* in, std::int16_t* out, std::size_t pairs) {
  constexpr std::size_t kPast = G722Decoder::kPast;
  Expansion differences(state.low, state.high);
  alignas(32) std::int16_t low_estimates[kPart], high_estimates[kPart];
  Predictor predictor(state.low, state.high);
  for (std::size_t n = 0; n < pairs; ++n) {
    low_estimates[n] = low_word(predictor.estimate());
    high_estimates[n] = high_word(predictor.estimate());
    predictor.follow(spread(differences.expand(n, in[n])));
  }
  predictor.store(state.low, state.high);
  differences.store(state.low, state.high);

  std::int16_t sum_line[kPast + kPart + 16], difference_line[kPast + kPart + 16];
  std::copy_n(state.past_sums.begin(), kPast, sum_line);
  std::copy_n(state.past_differences.begin(), kPast, difference_line);
  for (std::size_t n = 0; n < pairs; n += 16) {
    const __m256i low = heard(low_estimates + n, differences.low + n), high = heard(high_estimates + n, differences.high + n);
    // `low` and `high` have 15 bits. Therefore their sum and difference fit 16 bits.
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sum_line + kPast + n), _mm256_add_epi16(low, high));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(difference_line + kPast + n), _mm256_sub_epi16(low, high));
  }
  std::fill_n(sum_line + kPast + pairs, 16, std::int16_t{0});
  std::fill_n(difference_line + kPast + pairs, 16, std::int16_t{0});
  std::int16_t joined[2 * kPart];
  synthesise(sum_line, difference_line, pairs, joined);
  std::copy_n(joined, 2 * pairs, out);
  std::copy_n(sum_line + pairs, kPast, state.past_sums.begin());
  std::copy_n(difference_line + pairs, kPast, state.past_differences.begin());
}

void encode(G722Encoder::State& state, const std::int16_t* in, std::uint8_t* out, std::size_t pairs) noexcept {
  for (std::size_t n = 0; n < pairs; n += kPart) encode_part(state, in + 2 * n, out + n, std::min(kPart, pairs - n));
}
void decode(G722Decoder::State& state, const std::uint8_t* in, std::int16_t* out, std::size_t pairs) noexcept {
  for (std::size_t n = 0; n < pairs; n += kPart) decode_part(state, in + n, out + 2 * n, std::min(kPart, pairs - n));
}

}  // namespace

const G722Kernels kG722Avx2{"avx2", encode, decode};

}  // namespace offhook::inline v0::media::detail

#endif
