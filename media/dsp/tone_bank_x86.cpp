#include <offhook/media/dsp/tone_bank.hpp>

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

// Each function is compiled for AVX2 on its own, so that no inline function of a header is compiled for AVX2 in this file.
#define OFFHOOK_AVX2 [[gnu::target("avx2")]]  // NOLINT: only a macro can name an attribute

namespace offhook::inline v0::media {
namespace {

inline int pair_at(const std::int16_t* in) {
  int pair = 0;
  std::memcpy(&pair, in, sizeof pair);  // Samples are only aligned to even addresses.
  return pair;
}

// --- SSE2: the sixteen lanes in four registers ---------------------------------------------------------------------------------

inline const __m128i* quarters(const BankRow& row) { return reinterpret_cast<const __m128i*>(row.of.data()); }
inline __m128i* quarters(BankSums& sums) { return reinterpret_cast<__m128i*>(sums.of.data()); }

/// Two windows of four registers each: these eight sums are all that sixteen registers have space for.
void feed_sse2(const std::int16_t* in, std::size_t pairs, const BankRow* falling, const BankRow* rising, BankSums& window,
               BankSums& next) noexcept {
  __m128i w0 = quarters(window)[0], w1 = quarters(window)[1], w2 = quarters(window)[2], w3 = quarters(window)[3];
  __m128i n0 = _mm_setzero_si128(), n1 = n0, n2 = n0, n3 = n0;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const __m128i samples = _mm_set1_epi32(pair_at(in + 2 * pair));
    const __m128i *down = quarters(falling[pair]), *up = quarters(rising[pair]);
    w0 = _mm_add_epi32(w0, _mm_madd_epi16(samples, down[0]));
    w1 = _mm_add_epi32(w1, _mm_madd_epi16(samples, down[1]));
    w2 = _mm_add_epi32(w2, _mm_madd_epi16(samples, down[2]));
    w3 = _mm_add_epi32(w3, _mm_madd_epi16(samples, down[3]));
    n0 = _mm_add_epi32(n0, _mm_madd_epi16(samples, up[0]));
    n1 = _mm_add_epi32(n1, _mm_madd_epi16(samples, up[1]));
    n2 = _mm_add_epi32(n2, _mm_madd_epi16(samples, up[2]));
    n3 = _mm_add_epi32(n3, _mm_madd_epi16(samples, up[3]));
  }
  quarters(window)[0] = w0, quarters(window)[1] = w1, quarters(window)[2] = w2, quarters(window)[3] = w3;
  quarters(next)[0] = n0, quarters(next)[1] = n1, quarters(next)[2] = n2, quarters(next)[3] = n3;
}

std::uint32_t power_sse2(const std::int16_t* in, std::size_t pairs) noexcept {
  __m128i sums = _mm_setzero_si128();
  std::size_t pair = 0;
  for (; pair + 4 <= pairs; pair += 4) {
    const __m128i samples = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 2 * pair));
    sums = _mm_add_epi32(sums, _mm_srli_epi32(_mm_madd_epi16(samples, samples), kPowerShift));
  }
  sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0x4E));
  sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0xB1));
  const auto whole = static_cast<std::uint32_t>(_mm_cvtsi128_si32(sums));
  return whole + kToneBankScalar.power(in + 2 * pair, pairs - pair);
}

// --- AVX2: in two registers ------------------------------------------------------------------------------------------------

OFFHOOK_AVX2 inline const __m256i* halves(const BankRow& row) { return reinterpret_cast<const __m256i*>(row.of.data()); }
OFFHOOK_AVX2 inline __m256i* halves(BankSums& sums) { return reinterpret_cast<__m256i*>(sums.of.data()); }

OFFHOOK_AVX2 void feed_avx2(const std::int16_t* in, std::size_t pairs, const BankRow* falling, const BankRow* rising,
                            BankSums& window, BankSums& next) noexcept {
  __m256i cosines = halves(window)[0], sines = halves(window)[1];
  __m256i next_cosines = _mm256_setzero_si256(), next_sines = next_cosines;
#pragma GCC unroll 4  // counting would otherwise be a third of the work
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const __m256i samples = _mm256_set1_epi32(pair_at(in + 2 * pair));
    cosines = _mm256_add_epi32(cosines, _mm256_madd_epi16(samples, halves(falling[pair])[0]));
    sines = _mm256_add_epi32(sines, _mm256_madd_epi16(samples, halves(falling[pair])[1]));
    next_cosines = _mm256_add_epi32(next_cosines, _mm256_madd_epi16(samples, halves(rising[pair])[0]));
    next_sines = _mm256_add_epi32(next_sines, _mm256_madd_epi16(samples, halves(rising[pair])[1]));
  }
  halves(window)[0] = cosines, halves(window)[1] = sines;
  halves(next)[0] = next_cosines, halves(next)[1] = next_sines;
}

}  // namespace

const ToneBankKernels kToneBankSse2{"sse2", feed_sse2, power_sse2};
const ToneBankKernels kToneBankAvx2{"avx2", feed_avx2, power_sse2};

}  // namespace offhook::inline v0::media

#endif
