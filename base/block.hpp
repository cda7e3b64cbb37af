#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Tests several characters in one step. A Block marks the characters that equal a given character or lie in a range. Marks
/// combine with `|`, `&` and `~`. WordBlock runs on every machine, Sse2Block on every x86-64. One set of tests covers both classes.
namespace offhook::inline v0::base {

/// A block of eight characters in one 64-bit word.
class WordBlock {
  static constexpr std::uint64_t kOnes = 0x0101010101010101;
  static constexpr std::uint64_t kLow = kOnes * 0x7F;
  static constexpr std::uint64_t kTop = kOnes * 0x80;

 public:
  static constexpr std::size_t kSize = 8;
  struct Marks {
    std::uint64_t tops;  // The top bit of each marked octet is set.
    friend Marks operator|(Marks a, Marks b) { return {a.tops | b.tops}; }
    friend Marks operator&(Marks a, Marks b) { return {a.tops & b.tops}; }
    Marks operator~() const { return {~tops & kTop}; }
  };

  [[nodiscard]] static WordBlock load(const char* at) {
    WordBlock block;
    std::memcpy(&block.word_, at, kSize);
    if constexpr (std::endian::native == std::endian::big) block.word_ = __builtin_bswap64(block.word_);
    return block;
  }
  /// Loads `size` characters (fewer than kSize), and fills the remaining places with NUL. Reads no other memory.
  [[nodiscard]] static WordBlock load_part(const char* at, std::size_t size) {
    char padded[kSize] = {};
    if (size != 0) std::memcpy(padded, at, size);  // `at` may be null when size is 0.
    return load(padded);
  }

  /// Returns the first `size` characters (at most kSize), followed by NULs.
  [[nodiscard]] WordBlock front(std::size_t size) const {
    WordBlock block;
    block.word_ = size == kSize ? word_ : word_ & ((std::uint64_t{1} << (8 * size)) - 1);
    return block;
  }

  /// Marks the characters below `limit`, which is at most 128.
  [[nodiscard]] Marks below(unsigned char limit) const {
    const auto not_below = (word_ & kLow) + kOnes * (128U - limit);  // No octet carries into the next octet.
    return {~(not_below | word_) & kTop};
  }
  [[nodiscard]] Marks equal(char c) const {
    WordBlock difference;
    difference.word_ = word_ ^ kOnes * static_cast<unsigned char>(c);
    return difference.below(1);
  }
  /// Marks the characters from `first` to `last`, inclusive. Both are at most 126.
  [[nodiscard]] Marks in_range(char first, char last) const {
    return below(static_cast<unsigned char>(last + 1)) & ~below(static_cast<unsigned char>(first));
  }
  /// Converts letters to lower case. May also change other characters, but never into a letter.
  [[nodiscard]] WordBlock folded() const {
    WordBlock block;
    block.word_ = word_ | kOnes * 0x20;
    return block;
  }
  /// Returns true if each character equals the character of `lower` at its place. Ignores its case if the octet of `fold` there is 0x20.
  [[nodiscard]] bool matches(WordBlock lower, WordBlock fold) const { return (word_ | fold.word_) == lower.word_; }

  [[nodiscard]] static bool any(Marks marks) { return marks.tops != 0; }
  [[nodiscard]] static std::size_t first(Marks marks) { return static_cast<std::size_t>(std::countr_zero(marks.tops)) / 8; }

 private:
  std::uint64_t word_ = 0;
};

#if defined(__SSE2__)
/// A block of sixteen characters in one register.
class Sse2Block {
 public:
  static constexpr std::size_t kSize = 16;
  struct Marks {
    __m128i octets;  // 0xFF in each marked octet.
    friend Marks operator|(Marks a, Marks b) { return {_mm_or_si128(a.octets, b.octets)}; }
    friend Marks operator&(Marks a, Marks b) { return {_mm_and_si128(a.octets, b.octets)}; }
    Marks operator~() const { return {_mm_xor_si128(octets, _mm_set1_epi8(-1))}; }
  };

  [[nodiscard]] static Sse2Block load(const char* at) { return Sse2Block(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))); }
  [[nodiscard]] static Sse2Block load_part(const char* at, std::size_t size) {
    if (size < 8) return Sse2Block(_mm_cvtsi64_si128(static_cast<long long>(up_to_seven(at, size))));
    // The last eight octets overlap the first eight, so shift the common octets out.
    const auto high = size == 8 ? 0 : word(at + size - 8) >> (8 * (16 - size));
    return Sse2Block(_mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(word(at))));
  }

  [[nodiscard]] Sse2Block front(std::size_t size) const {
    alignas(kSize) static constexpr std::uint8_t kKept[2 * kSize] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                                                     0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    const auto mask = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kKept + kSize - size));
    return Sse2Block(_mm_and_si128(octets_, mask));
  }

  [[nodiscard]] Marks below(unsigned char limit) const {
    const auto last = _mm_set1_epi8(static_cast<char>(limit - 1));
    return {_mm_cmpeq_epi8(_mm_min_epu8(octets_, last), octets_)};
  }
  [[nodiscard]] Marks equal(char c) const { return {_mm_cmpeq_epi8(octets_, _mm_set1_epi8(c))}; }
  [[nodiscard]] Marks in_range(char first, char last) const {
    const auto from_first = _mm_sub_epi8(octets_, _mm_set1_epi8(first));
    return Sse2Block(from_first).below(static_cast<unsigned char>(last - first + 1));
  }
  [[nodiscard]] Sse2Block folded() const { return Sse2Block(_mm_or_si128(octets_, _mm_set1_epi8(0x20))); }
  [[nodiscard]] bool matches(Sse2Block lower, Sse2Block fold) const {
    const auto same = _mm_cmpeq_epi8(_mm_or_si128(octets_, fold.octets_), lower.octets_);
    return _mm_movemask_epi8(same) == 0xFFFF;
  }

  [[nodiscard]] static bool any(Marks marks) { return bits(marks) != 0; }
  [[nodiscard]] static std::size_t first(Marks marks) { return static_cast<std::size_t>(std::countr_zero(bits(marks))); }

 private:
  explicit Sse2Block(__m128i octets) : octets_(octets) {}
  [[nodiscard]] static unsigned bits(Marks marks) { return static_cast<unsigned>(_mm_movemask_epi8(marks.octets)); }
  [[nodiscard]] static std::uint64_t word(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
  }
  [[nodiscard]] static std::uint64_t up_to_seven(const char* at, std::size_t size) {
    if (size >= 4) {
      std::uint32_t first = 0, last = 0;
      std::memcpy(&first, at, 4);
      std::memcpy(&last, at + size - 4, 4);
      return first | std::uint64_t{last} << (8 * (size - 4));
    }
    if (size == 0) return 0;
    const auto octet = [at](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(at[i])}; };
    return octet(0) | octet(size / 2) << (8 * (size / 2)) | octet(size - 1) << (8 * (size - 1));
  }
  __m128i octets_;
};
using Block = Sse2Block;
#else
using Block = WordBlock;
#endif

/// Returns the index of the first character that `wanted` marks in its block, or text.size() if none is marked.
template <class B = Block, class Wanted>
[[nodiscard, gnu::always_inline]] inline std::size_t find_first(std::string_view text, Wanted wanted) {
  const char* const begin = text.data();
  const std::size_t whole = text.size() & ~(B::kSize - 1);
  for (std::size_t at = 0; at != whole; at += B::kSize) {
    const auto marks = wanted(B::load(begin + at));
    if (B::any(marks)) return at + B::first(marks);
  }
  if (whole == text.size()) return whole;
  const auto marks = wanted(B::load_part(begin + whole, text.size() - whole));
  return B::any(marks) ? std::min(whole + B::first(marks), text.size()) : text.size();  // `wanted` may also mark a NUL beyond the end.
}
template <class B = Block>
[[nodiscard]] std::size_t find_first(std::string_view text, char c) {
  return find_first<B>(text, [c](B block) { return block.equal(c); });
}

}  // namespace offhook::inline v0::base
