#include <offhook/base/detail/base64_kernels.hpp>

#if defined(__x86_64__)

#include <immintrin.h>

// Each function names the AVX2 target itself. If the whole file were compiled for AVX2, it could emit AVX2 copies of inline functions
// from headers, and the linker could keep these copies for all machines.
#define OFFHOOK_AVX2 [[gnu::target("avx2")]]  // NOLINT: an attribute needs a macro here

namespace offhook::inline v0::base::detail {
namespace {

constexpr std::size_t kOctets = 24, kCharacters = 32;  // per block
constexpr std::size_t kReadOctets = 28;                // load_halves() reads 16 octets from offset 12.

OFFHOOK_AVX2 inline __m256i load_halves(const std::uint8_t* at) {
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 12));
  return _mm256_set_m128i(high, low);
}

/// Splits the three octets abc of each 32-bit lane into four 6-bit values, one per octet. First orders the octets as bcab, so that
/// multiplications can shift each six bits into a separate octet.
OFFHOOK_AVX2 inline __m256i sixes_of(__m256i octets) {
  const __m256i order = _mm256_broadcastsi128_si256(_mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
  const __m256i spread = _mm256_shuffle_epi8(octets, order);
  const __m256i odd = _mm256_mulhi_epu16(_mm256_and_si256(spread, _mm256_set1_epi32(0x0FC0FC00)), _mm256_set1_epi32(0x04000040));
  const __m256i even = _mm256_mullo_epi16(_mm256_and_si256(spread, _mm256_set1_epi32(0x003F03F0)), _mm256_set1_epi32(0x01000010));
  return _mm256_or_si256(odd, even);
}

/// Converts 6-bit values to characters. In each range of the alphabet, the distance from a value to its character is constant.
OFFHOOK_AVX2 inline __m256i characters_of(__m256i sixes) {
  const __m256i distances = _mm256_broadcastsi128_si256(
      _mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                    '+' - 62, '/' - 63, 'A', 0, 0));
  const __m256i upper_case = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), sixes);
  const __m256i range = _mm256_or_si256(_mm256_subs_epu8(sixes, _mm256_set1_epi8(51)),
                                        _mm256_and_si256(upper_case, _mm256_set1_epi8(13)));
  return _mm256_add_epi8(sixes, _mm256_shuffle_epi8(distances, range));
}

OFFHOOK_AVX2 std::size_t encode(const std::uint8_t* in, std::size_t count, char* out) noexcept {
  std::size_t at = 0;
  for (; at + kReadOctets <= count; at += kOctets, out += kCharacters)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), characters_of(sixes_of(load_halves(in + at))));
  return at;
}

struct Decoded {
  __m256i sixes;
  bool good;
};

/// Converts characters to 6-bit values. A character is in the alphabet if the class bits of its two nibbles (from two tables) are
/// disjoint.
OFFHOOK_AVX2 inline Decoded sixes_of_characters(__m256i text) {
  const __m256i low_classes = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A));
  const __m256i high_classes = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10));
  const __m256i distances =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 63 - '/', 62 - '+', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi32(text, 4), nibble);
  const __m256i clash = _mm256_and_si256(_mm256_shuffle_epi8(low_classes, _mm256_and_si256(text, nibble)),
                                         _mm256_shuffle_epi8(high_classes, high));
  const __m256i slash = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('/'));  // '/' has the same upper nibble as '+', so its index
                                                                         // moves down by one.
  const __m256i sixes = _mm256_add_epi8(text, _mm256_shuffle_epi8(distances, _mm256_add_epi8(slash, high)));
  return {sixes, _mm256_testz_si256(clash, clash) != 0};
}

OFFHOOK_AVX2 inline void store_octets(__m256i sixes, std::uint8_t* out) {
  const __m256i twelves = _mm256_maddubs_epi16(sixes, _mm256_set1_epi32(0x01400140));
  const __m256i words = _mm256_madd_epi16(twelves, _mm256_set1_epi32(0x00011000));
  const __m256i order = _mm256_broadcastsi128_si256(_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
  const __m256i packed =
      _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(words, order), _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(packed));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out + 16), _mm256_extracti128_si256(packed, 1));
}

OFFHOOK_AVX2 std::size_t decode(const char* in, std::size_t count, std::uint8_t* out) noexcept {
  std::size_t at = 0;
  for (; at + kCharacters <= count; at += kCharacters, out += kOctets) {
    const auto [sixes, good] = sixes_of_characters(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + at)));
    if (!good) return at;
    store_octets(sixes, out);
  }
  return at;
}

}  // namespace

const Base64Kernel kBase64Avx2{"avx2", encode, decode};

}  // namespace offhook::inline v0::base::detail

#endif
