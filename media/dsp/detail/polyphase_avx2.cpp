#include <offhook/media/dsp/detail/polyphase.hpp>

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

// Each function is compiled for AVX2 on its own, so that no inline function of a header is compiled for AVX2 in this file.
#define OFFHOOK_AVX2 [[gnu::target("avx2")]]  // NOLINT: only a macro can name an attribute

namespace offhook::inline v0::media::detail {
namespace {

constexpr std::size_t kTile = PolyphaseFilter::kTile;
using Octets = std::array<std::int8_t, 16>;

// Converts three rows of eight samples to 24 samples in three vectors, and back. A shuffle takes from a source vector the samples for a result
// vector, and puts zeros in all other places. The OR of three shuffles, one from each source, is a complete result.

/// Returns the shuffle that takes the samples of row `row` from the interleaved vector `vector` (0 to 2).
constexpr Octets from_turns(std::size_t vector, std::size_t row) {
  Octets pick{};
  for (std::size_t i = 0; i < 8; ++i) {
    const std::size_t at = 3 * i + row;
    for (std::size_t half = 0; half < 2; ++half)
      pick[2 * i + half] = static_cast<std::int8_t>(at / 8 == vector ? at % 8 * 2 + half : 0x80);
  }
  return pick;
}
/// Returns the shuffle that takes the samples for the interleaved vector `vector` (0 to 2) from row `row`.
constexpr Octets to_turns(std::size_t vector, std::size_t row) {
  Octets pick{};
  for (std::size_t i = 0; i < 8; ++i) {
    const std::size_t at = 8 * vector + i;
    for (std::size_t half = 0; half < 2; ++half)
      pick[2 * i + half] = static_cast<std::int8_t>(at % 3 == row ? at / 3 * 2 + half : 0x80);
  }
  return pick;
}

struct Picks {
  alignas(16) Octets of[3][3];  // [result][source]
};
constexpr Picks kFromTurns{{{from_turns(0, 0), from_turns(1, 0), from_turns(2, 0)},
                            {from_turns(0, 1), from_turns(1, 1), from_turns(2, 1)},
                            {from_turns(0, 2), from_turns(1, 2), from_turns(2, 2)}}};
constexpr Picks kToTurns{{{to_turns(0, 0), to_turns(0, 1), to_turns(0, 2)},
                          {to_turns(1, 0), to_turns(1, 1), to_turns(1, 2)},
                          {to_turns(2, 0), to_turns(2, 1), to_turns(2, 2)}}};

OFFHOOK_AVX2 inline __m128i load(const void* at) {
  return _mm_loadu_si128(static_cast<const __m128i*>(at));
}
OFFHOOK_AVX2 inline void store(void* at, __m128i value) {
  _mm_storeu_si128(static_cast<__m128i*>(at), value);
}
OFFHOOK_AVX2 inline __m128i picked(const Picks& picks, std::size_t result, __m128i a, __m128i b, __m128i c) {
  const Octets(&pick)[3] = picks.of[result];
  const __m128i of_a = _mm_shuffle_epi8(a, load(&pick[0])), of_b = _mm_shuffle_epi8(b, load(&pick[1]));
  return _mm_or_si128(_mm_or_si128(of_a, of_b), _mm_shuffle_epi8(c, load(&pick[2])));
}

OFFHOOK_AVX2 inline __m256i load_wide(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}

// The following splits process whole vectors only, and return the number of blocks processed.

OFFHOOK_AVX2 inline std::size_t split_two(const std::int16_t* in, std::size_t blocks, std::int16_t* even, std::int16_t* odd) {
  const __m128i apart = _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
  std::size_t block = 0;
  for (; block + 8 <= blocks; block += 8) {
    const __m128i a = _mm_shuffle_epi8(load(in + 2 * block), apart), b = _mm_shuffle_epi8(load(in + 2 * block + 8), apart);
    store(even + block, _mm_unpacklo_epi64(a, b));
    store(odd + block, _mm_unpackhi_epi64(a, b));
  }
  return block;
}

OFFHOOK_AVX2 inline std::size_t split_three(const std::int16_t* in, std::size_t blocks, std::int16_t* rows, std::size_t row) {
  std::size_t block = 0;
  for (; block + 8 <= blocks; block += 8) {
    const __m128i a = load(in + 3 * block), b = load(in + 3 * block + 8), c = load(in + 3 * block + 16);
    for (std::size_t r = 0; r < 3; ++r) store(rows + r * row + block, picked(kFromTurns, r, a, b, c));
  }
  return block;
}

/// Splits by three, and each result by two: sample 6 b + 3 e + s is element e of the pair b in result s of the split by three.
OFFHOOK_AVX2 inline std::size_t split_six(const std::int16_t* in, std::size_t blocks, std::int16_t* rows, std::size_t row) {
  std::size_t block = 0;
  for (; block + 8 <= blocks; block += 8) {
    std::int16_t threes[3 * 16];
    split_three(in + 6 * block, 16, threes, 16);
    for (std::size_t s = 0; s < 3; ++s) split_two(threes + 16 * s, 8, rows + s * row + block, rows + (3 + s) * row + block);
  }
  return block;
}

OFFHOOK_AVX2 void split(const std::int16_t* in, std::size_t blocks, std::size_t ways, std::int16_t* rows, std::size_t row) noexcept {
  std::size_t done = 0;
  switch (ways) {
    case 1:
      std::memcpy(rows, in, blocks * sizeof *in);
      return;
    case 2:
      done = split_two(in, blocks, rows, rows + row);
      break;
    case 3:
      done = split_three(in, blocks, rows, row);
      break;
    case 6:
      done = split_six(in, blocks, rows, row);
      break;
  }
  kPolyphasePortable.split(in + done * ways, blocks - done, ways, rows + done, row);
}

constexpr std::size_t kVectors = kTile / 16;  // each holds eight outputs, every second of sixteen
constexpr std::size_t kHalf = PolyphaseFilter::kPlaces / 2;

/// Sums of a tile: of[0] has the outputs in even places, of[1] the outputs in odd places.
struct Sums {
  __m256 of[2][kVectors];
};

/// Adds half of the places of one row. All loops except the one over places are unrolled: ten sums and up to three weights stay in registers. Each
/// vector is loaded once for all weights that use it.
template <std::size_t kStrides>
OFFHOOK_AVX2 inline void add_half(const std::int16_t* weights, const std::int16_t* row, Sums& sums) {
  __m256i wholes[2][kVectors];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kVectors; ++i) wholes[0][i] = wholes[1][i] = _mm256_setzero_si256();
  for (std::size_t place = 0; place < kHalf; ++place, weights += 2 * kStrides, row += 2) {
    __m256i weight[kStrides];
#pragma GCC unroll 4
    for (std::size_t stride = 0; stride < kStrides; ++stride) {
      std::int32_t pair;
      std::memcpy(&pair, weights + 2 * stride, sizeof pair);
      weight[stride] = _mm256_set1_epi32(pair);
    }
#pragma GCC unroll 8
    for (std::size_t vector = 0; vector < kVectors + kStrides - 1; ++vector) {
#pragma GCC unroll 2
      for (std::size_t odd = 0; odd < 2; ++odd) {
        __m256i samples = load_wide(row + 16 * vector + odd);
        __asm__("" : "+x"(samples));  // Otherwise g++ loads it again for each multiplication, and loads across cache lines are slow.
#pragma GCC unroll 8
        for (std::size_t i = 0; i < kVectors; ++i) {
          if (vector >= i && vector - i < kStrides)
            wholes[odd][i] = _mm256_add_epi32(wholes[odd][i], _mm256_madd_epi16(weight[vector - i], samples));
        }
      }
    }
  }
#pragma GCC unroll 2
  for (std::size_t odd = 0; odd < 2; ++odd) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kVectors; ++i) sums.of[odd][i] = _mm256_add_ps(sums.of[odd][i], _mm256_cvtepi32_ps(wholes[odd][i]));
  }
}

OFFHOOK_AVX2 inline void add_direct(float unit, const std::int16_t* row, Sums& sums) {
  const __m256 units = _mm256_set1_ps(unit);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kVectors; ++i) {
    const __m256i both = load_wide(row + 16 * i), even = _mm256_srai_epi32(_mm256_slli_epi32(both, 16), 16);
    sums.of[0][i] = _mm256_add_ps(sums.of[0][i], _mm256_mul_ps(units, _mm256_cvtepi32_ps(even)));
    sums.of[1][i] = _mm256_add_ps(sums.of[1][i], _mm256_mul_ps(units, _mm256_cvtepi32_ps(_mm256_srai_epi32(both, 16))));
  }
}

/// Computes one phase in kTile successive blocks.
template <std::size_t kStrides>
OFFHOOK_AVX2 inline void filter_tile(const PolyphaseFilter& filter, std::size_t phase, const std::int16_t* rows, std::int16_t* out) {
  if (filter.down == 1 && !filter.weighs(phase, 0)) {
    std::memcpy(out, rows + filter.begin(phase, 0) + filter.direct(phase, 0), kTile * sizeof *out);
    return;
  }
  Sums sums{};
  for (std::size_t r = 0; r < filter.down; ++r) {
    const std::int16_t* const row = rows + filter.begin(phase, r);
    if (const std::size_t direct = filter.direct(phase, r); direct != PolyphaseFilter::kNone) add_direct(filter.unit, row + direct, sums);
    if (!filter.weighs(phase, r)) continue;
    const std::int16_t* const weights = filter.weights(phase, r);
    add_half<kStrides>(weights, row, sums);
    add_half<kStrides>(weights + 2 * kHalf * kStrides, row + 2 * kHalf, sums);
  }
  // Packing works in each half separately: each half has four even outputs before four odd ones.
  const __m256i turns = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15));
  const __m256 whole = _mm256_set1_ps(filter.whole);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kVectors; ++i) {
    const __m256i even = _mm256_cvtps_epi32(_mm256_mul_ps(sums.of[0][i], whole));
    const __m256i odd = _mm256_cvtps_epi32(_mm256_mul_ps(sums.of[1][i], whole));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 16 * i), _mm256_shuffle_epi8(_mm256_packs_epi32(even, odd), turns));
  }
}

OFFHOOK_AVX2 inline void join_two(const std::int16_t* even, const std::int16_t* odd, std::int16_t* out) {
  for (std::size_t i = 0; i < kTile; i += 8) {
    const __m128i a = load(even + i), b = load(odd + i);
    store(out + 2 * i, _mm_unpacklo_epi16(a, b));
    store(out + 2 * i + 8, _mm_unpackhi_epi16(a, b));
  }
}

OFFHOOK_AVX2 inline void join_three(const std::int16_t* first, std::size_t row, std::size_t count, std::int16_t* out) {
  for (std::size_t i = 0; i < count; i += 8) {
    const __m128i a = load(first + i), b = load(first + row + i), c = load(first + 2 * row + i);
    for (std::size_t vector = 0; vector < 3; ++vector) store(out + 3 * i + 8 * vector, picked(kToTurns, vector, a, b, c));
  }
}

/// Interleaves all phases of a tile.
OFFHOOK_AVX2 inline void join(const std::int16_t* tile, std::size_t ways, std::int16_t* out) {
  std::int16_t threes[3 * 2 * kTile];
  switch (ways) {
    case 1:
      std::memcpy(out, tile, kTile * sizeof *tile);
      return;
    case 2:
      join_two(tile, tile + kTile, out);
      return;
    case 3:
      join_three(tile, kTile, kTile, out);
      return;
    case 6:  // The reverse of split_six.
      for (std::size_t s = 0; s < 3; ++s) join_two(tile + s * kTile, tile + (3 + s) * kTile, threes + s * 2 * kTile);
      join_three(threes, 2 * kTile, 2 * kTile, out);
      return;
  }
}

template <std::size_t kStrides>
OFFHOOK_AVX2 void filter_blocks(const PolyphaseFilter& filter, const std::int16_t* rows, std::size_t blocks, std::int16_t* out) {
  std::int16_t tile[PolyphaseFilter::kMaxWays * kTile];
  std::int16_t part[PolyphaseFilter::kMaxWays * kTile];
  for (std::size_t begin = 0; begin < blocks; begin += kTile) {
    for (std::size_t phase = 0; phase < filter.up; ++phase) filter_tile<kStrides>(filter, phase, rows + begin, tile + phase * kTile);
    const std::size_t left = blocks - begin;
    std::int16_t* to = out + begin * filter.up;
    join(tile, filter.up, left < kTile ? part : to);
    if (left < kTile) std::memcpy(to, part, left * filter.up * sizeof *to);
  }
}

void filter(const PolyphaseFilter& filter, const std::int16_t* rows, std::size_t blocks, std::int16_t* out) noexcept {
  switch (filter.strides) {
    case 3:
      return filter_blocks<3>(filter, rows, blocks, out);
    case 2:
      return filter_blocks<2>(filter, rows, blocks, out);
  }
}

}  // namespace

const PolyphaseKernels kPolyphaseAvx2{"avx2", split, filter};

}  // namespace offhook::inline v0::media::detail

#endif
