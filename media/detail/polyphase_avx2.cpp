#include <offhook/media/detail/polyphase.hpp>

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

// Functions are compiled for AVX2 one by one, so that no inline function of a header can slip into the program with it.
#define OFFHOOK_AVX2 [[gnu::target("avx2")]]  // NOLINT: an attribute cannot be named otherwise

namespace offhook::inline v0::media::detail {
namespace {

constexpr std::size_t kTile = PolyphaseFilter::kTile;
using Octets = std::array<std::int8_t, 16>;

// Three rows of eight samples are 24 samples in three vectors, and the other way round. A shuffle picks from one vector what
// belongs into another and leaves zeros elsewhere; three of them or'ed are complete.

/// Of row `row`, what lies in vector `vector` of three where the rows take turns.
constexpr Octets from_turns(std::size_t vector, std::size_t row) {
  Octets pick{};
  for (std::size_t i = 0; i < 8; ++i) {
    const std::size_t at = 3 * i + row;
    for (std::size_t half = 0; half < 2; ++half)
      pick[2 * i + half] = static_cast<std::int8_t>(at / 8 == vector ? at % 8 * 2 + half : 0x80);
  }
  return pick;
}
/// Of vector `vector` of three where the rows take turns, what comes from row `row`.
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

OFFHOOK_AVX2 inline void store_floats(float* at, __m256i wide) {
  _mm256_storeu_ps(at, _mm256_cvtepi32_ps(wide));
}

// The splits below leave what is not a whole vector: they return how many blocks they did.

OFFHOOK_AVX2 inline std::size_t widen(const std::int16_t* in, std::size_t blocks, float* row) {
  std::size_t block = 0;
  for (; block + 8 <= blocks; block += 8) store_floats(row + block, _mm256_cvtepi16_epi32(load(in + block)));
  return block;
}

OFFHOOK_AVX2 inline std::size_t split_two(const std::int16_t* in, std::size_t blocks, float* even, float* odd) {
  std::size_t block = 0;
  for (; block + 8 <= blocks; block += 8) {
    const __m256i pairs = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + 2 * block));
    store_floats(even + block, _mm256_srai_epi32(_mm256_slli_epi32(pairs, 16), 16));
    store_floats(odd + block, _mm256_srai_epi32(pairs, 16));
  }
  return block;
}

OFFHOOK_AVX2 inline std::size_t split_three(const std::int16_t* in, std::size_t blocks, float* rows, std::size_t row) {
  std::size_t block = 0;
  for (; block + 8 <= blocks; block += 8) {
    const __m128i a = load(in + 3 * block), b = load(in + 3 * block + 8), c = load(in + 3 * block + 16);
    for (std::size_t r = 0; r < 3; ++r)
      store_floats(rows + r * row + block, _mm256_cvtepi16_epi32(picked(kFromTurns, r, a, b, c)));
  }
  return block;
}

/// By three, and what that gives by two: sample 6 b + 3 e + s is the e-th of two in place b of the s-th row of three.
OFFHOOK_AVX2 inline std::size_t split_six(const std::int16_t* in, std::size_t blocks, float* rows, std::size_t row) {
  std::size_t block = 0;
  for (; block + 8 <= blocks; block += 8) {
    std::int16_t threes[3][16];
    for (std::size_t half = 0; half < 2; ++half) {
      const std::int16_t* from = in + 6 * block + 24 * half;
      const __m128i a = load(from), b = load(from + 8), c = load(from + 16);
      for (std::size_t s = 0; s < 3; ++s) store(threes[s] + 8 * half, picked(kFromTurns, s, a, b, c));
    }
    for (std::size_t s = 0; s < 3; ++s) split_two(threes[s], 8, rows + s * row + block, rows + (3 + s) * row + block);
  }
  return block;
}

OFFHOOK_AVX2 void split(const std::int16_t* in, std::size_t blocks, std::size_t ways, float* rows, std::size_t row) noexcept {
  std::size_t done = 0;
  switch (ways) {
    case 1:
      done = widen(in, blocks, rows);
      break;
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

constexpr std::size_t kVectors = kTile / 8;

/// Adds what one row gives to the outputs of a phase. Everything but the places is unrolled: five sums and up to six weights stay
/// in registers, and each vector is loaded once for all of the weights that meet it.
template <std::size_t kStrides>
OFFHOOK_AVX2 inline void add_row(const float* weights, const float* row, __m256 (&sums)[kVectors]) {
  for (std::size_t place = 0; place < 8; ++place, weights += kStrides, ++row) {
    __m256 weight[kStrides];
#pragma GCC unroll 8
    for (std::size_t stride = 0; stride < kStrides; ++stride) weight[stride] = _mm256_broadcast_ss(weights + stride);
#pragma GCC unroll 16
    for (std::size_t vector = 0; vector < kVectors + kStrides - 1; ++vector) {
      const __m256 samples = _mm256_loadu_ps(row + 8 * vector);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < kVectors; ++i) {
        if (vector >= i && vector - i < kStrides) sums[i] = _mm256_add_ps(sums[i], _mm256_mul_ps(weight[vector - i], samples));
      }
    }
  }
}

OFFHOOK_AVX2 inline void add_lone(float weight, const float* row, __m256 (&sums)[kVectors]) {
  const __m256 all = _mm256_set1_ps(weight);
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kVectors; ++i) sums[i] = _mm256_add_ps(sums[i], _mm256_mul_ps(all, _mm256_loadu_ps(row + 8 * i)));
}

/// One phase in kTile successive blocks.
template <std::size_t kStrides>
OFFHOOK_AVX2 inline void filter_tile(const PolyphaseFilter& filter, std::size_t phase, const float* rows, std::int16_t* out) {
  const __m256 zero = _mm256_setzero_ps();
  __m256 sums[kVectors] = {zero, zero, zero, zero, zero};
  for (std::size_t r = 0; r < filter.down; ++r) {
    const float* const row = rows + filter.begin(phase, r);
    if (const std::size_t lone = filter.lone(phase, r); lone != PolyphaseFilter::kNone) {
      add_lone(filter.lone_weight(phase, r), row + lone, sums);
    } else {
      add_row<kStrides>(filter.weights(phase, r), row, sums);
    }
  }
  // Packing works in each half on its own; the permutation puts the quarters in order again.
  const __m256i ab = _mm256_packs_epi32(_mm256_cvtps_epi32(sums[0]), _mm256_cvtps_epi32(sums[1]));
  const __m256i cd = _mm256_packs_epi32(_mm256_cvtps_epi32(sums[2]), _mm256_cvtps_epi32(sums[3]));
  const __m256i last = _mm256_cvtps_epi32(sums[4]);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_permute4x64_epi64(ab, 0xD8));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 16), _mm256_permute4x64_epi64(cd, 0xD8));
  store(out + 32, _mm_packs_epi32(_mm256_castsi256_si128(last), _mm256_extracti128_si256(last, 1)));
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

using Tile = std::int16_t[PolyphaseFilter::kMaxWays][kTile];

/// All phases of a tile, taking turns.
OFFHOOK_AVX2 inline void join(const Tile& tile, std::size_t ways, std::int16_t* out) {
  std::int16_t threes[3][2 * kTile];
  switch (ways) {
    case 1:
      std::memcpy(out, tile[0], sizeof tile[0]);
      return;
    case 2:
      join_two(tile[0], tile[1], out);
      return;
    case 3:
      join_three(tile[0], kTile, kTile, out);
      return;
    case 6:  // As split_six, backwards.
      for (std::size_t s = 0; s < 3; ++s) join_two(tile[s], tile[3 + s], threes[s]);
      join_three(threes[0], 2 * kTile, 2 * kTile, out);
      return;
  }
}

template <std::size_t kStrides>
OFFHOOK_AVX2 void filter_blocks(const PolyphaseFilter& filter, const float* rows, std::size_t blocks, std::int16_t* out) {
  Tile tile;
  std::int16_t part[PolyphaseFilter::kMaxWays * kTile];
  for (std::size_t begin = 0; begin < blocks; begin += kTile) {
    for (std::size_t phase = 0; phase < filter.up; ++phase) filter_tile<kStrides>(filter, phase, rows + begin, tile[phase]);
    const std::size_t left = blocks - begin;
    std::int16_t* to = out + begin * filter.up;
    join(tile, filter.up, left < kTile ? part : to);
    if (left < kTile) std::memcpy(to, part, left * filter.up * sizeof *to);
  }
}

void filter(const PolyphaseFilter& filter, const float* rows, std::size_t blocks, std::int16_t* out) noexcept {
  switch (filter.strides) {
    case 6:
      return filter_blocks<6>(filter, rows, blocks, out);
    case 3:
      return filter_blocks<3>(filter, rows, blocks, out);
  }
}

}  // namespace

const PolyphaseKernels kPolyphaseAvx2{"avx2", split, filter};

}  // namespace offhook::inline v0::media::detail

#endif
