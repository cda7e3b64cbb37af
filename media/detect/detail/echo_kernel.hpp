#pragma once

#include <offhook/media/detect/echo_lags.hpp>

#include <algorithm>
#include <cstring>

// This file is compiled once for each width of vectors. The file that includes it may first define OFFHOOK_KERNEL as the attribute of a target. All
// functions have internal linkage and this attribute, so that the linker cannot choose a function compiled for a wider machine.
#if !defined(OFFHOOK_KERNEL)
#define OFFHOOK_KERNEL
#endif

namespace offhook::inline v0::media::detail {
namespace {  // NOLINT: on purpose, see above

using Words [[gnu::vector_size(16)]] = std::uint16_t;
constexpr std::size_t kEight = 8;  // lags

OFFHOOK_KERNEL inline Words load_words(const std::uint16_t* from) noexcept {
  Words words;
  std::memcpy(&words, from, sizeof words);
  return words;
}
OFFHOOK_KERNEL inline void store_words(Words words, std::uint16_t* to) noexcept { std::memcpy(to, &words, sizeof words); }
OFFHOOK_KERNEL inline Words all_words(std::uint16_t value) noexcept { return Words{} + value; }
OFFHOOK_KERNEL inline Words less_words(Words a, Words b) noexcept {  // a - b, or 0 if that is negative
#if defined(__SSE2__)
  return reinterpret_cast<Words>(_mm_subs_epu16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return (a > b ? a : b) - b;
#endif
}
OFFHOOK_KERNEL inline Words least_words(Words a, Words b) noexcept { return a - less_words(a, b); }
OFFHOOK_KERNEL inline Words most_words(Words a, Words b) noexcept { return b + less_words(a, b); }
/// Returns 65535 where a is not greater than b, else 0.
OFFHOOK_KERNEL inline Words where_within(Words a, Words b) noexcept { return reinterpret_cast<Words>(less_words(a, b) == Words{}); }
/// Returns three eighths of each word, rounded down.
OFFHOOK_KERNEL inline Words part_of(Words words) noexcept {
#if defined(__SSE2__)
  return reinterpret_cast<Words>(_mm_mulhi_epu16(reinterpret_cast<__m128i>(words), _mm_set1_epi16(3 << 13)));
#else
  return (words >> 3) * 3 + ((words & 7) * 3 >> 3);
#endif
}
OFFHOOK_KERNEL inline Words bits_of(Words words) noexcept {
  words -= (words >> 1) & 0x5555;
  words = (words & 0x3333) + ((words >> 2) & 0x3333);
  words = (words + (words >> 4)) & 0x0f0f;
  return (words + (words >> 8)) & 0x1f;
}
OFFHOOK_KERNEL inline std::uint16_t least_word(Words words) noexcept {
  words = least_words(words, __builtin_shufflevector(words, words, 4, 5, 6, 7, 0, 1, 2, 3));
  words = least_words(words, __builtin_shufflevector(words, words, 2, 3, 0, 1, 6, 7, 4, 5));
  return std::min<std::uint16_t>(words[0], words[1]);
}
OFFHOOK_KERNEL inline std::uint16_t most_word(Words words) noexcept { return static_cast<std::uint16_t>(~least_word(~words)); }

/// `Ops` has vectors of Ops::kAtOnce lags, and sums over bands for eight lags at once. See echo_vector.cpp.
template <class Ops>
OFFHOOK_KERNEL SixteenBytes learn_lags(EchoLags& lags, const SixteenBytes* low, SixteenBytes heard, SixteenBytes contradicted, SixteenBytes fall,
                                       SixteenBytes rise) noexcept {
  using Bytes = typename Ops::Bytes;
  const Bytes all_heard = Ops::spread(heard), all_contradicted = Ops::spread(contradicted), all_fall = Ops::spread(fall);
  const Bytes all_rise = Ops::spread(rise);
  Bytes least = Ops::spread(all_sixteen(255));
  const bool rises = sum_of(rise) != 0;
  for (std::size_t lag = 0; lag < kEchoLags; lag += Ops::kAtOnce) {
    const Bytes sent = Ops::load(low + lag), before = Ops::load(&lags.loss[lag]);
    const Bytes expected = Ops::less(sent, before);
    Bytes loss = Ops::more(before, all_fall & Ops::where_more(expected, all_contradicted));
    if (rises) loss = Ops::less(loss, all_rise & Ops::where_more(all_heard, expected) & Ops::where_more(sent, Bytes{}));
    Ops::store(loss, &lags.loss[lag]);
    least = Ops::least(least, loss);
  }
  // With two lags in a vector, the loop also changed the place after the last lag.
  std::fill(lags.loss.begin() + kEchoLags, lags.loss.end(), all_sixteen(255));
  return least_of(Ops::least_half(least), lags.loss[kEchoLags - 1]);
}

/// Computes the sums over bands for each lag. Returns the least sum.
template <class Ops>
OFFHOOK_KERNEL std::uint16_t sum_losses(const EchoLags& lags, std::array<std::uint16_t, kEchoPlaces>& sums) noexcept {
  Words least = all_words(0xffff);
  for (std::size_t lag = 0; lag < kEchoPlaces; lag += kEight) {
    typename Ops::Sums eight;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kEight; i += Ops::kAtOnce) eight.take(i, Ops::sum(Ops::load(&lags.loss[lag + i])));
    const Words words = eight.words();
    store_words(words, &sums[lag]);
    least = least_words(least, words);
  }
  return least_word(least);
}

template <class Ops>
OFFHOOK_KERNEL EchoAnswer judge_lags(EchoLags& lags, const SixteenBytes* high, const EchoQuestion& question) noexcept {
  using Bytes = typename Ops::Bytes;
  std::array<std::uint16_t, kEchoPlaces> sums;
  const auto known = static_cast<std::uint16_t>(sum_losses<Ops>(lags, sums) + question.known_within);
  const Bytes heard = Ops::spread(question.heard), share = Ops::spread(question.share), loss = Ops::spread(question.loss);
  const Bytes gain = Ops::spread(question.gain), far_above = Ops::spread(question.far_above);
  const Words at_known = all_words(question.open_at_known), at_unknown = all_words(question.open_at_unknown);
  Words least = all_words(EchoLags::kNoLag), echo{};
  for (std::size_t lag = 0; lag < kEchoPlaces; lag += kEight) {
    typename Ops::Sums eight;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kEight; i += Ops::kAtOnce) {
      const Bytes most = Ops::more(Ops::less(Ops::load(high + lag + i), loss), gain), above = Ops::less(heard, most);
      eight.take(i, Ops::sum(share & Ops::where_more(above, Bytes{})) + Ops::sum(share & Ops::where_more(above, far_above)));
    }
    const Words open = eight.words() << 7, before = load_words(&lags.unexplained[lag]);
    const Words after = before + part_of(less_words(open, before)) - part_of(less_words(before, open));
    store_words(after, &lags.unexplained[lag]);
    if (lag + kEight > kEchoLags) std::fill(lags.unexplained.begin() + kEchoLags, lags.unexplained.end(), EchoLags::kNoLag);
    const Words unexplained = load_words(&lags.unexplained[lag]);
    const Words is_known = where_within(load_words(&sums[lag]), all_words(known));
    echo |= where_within(unexplained, (at_known & is_known) | (at_unknown & ~is_known));
    least = least_words(least, unexplained);
  }
  return {least_word(least), most_word(echo) != 0};
}

OFFHOOK_KERNEL inline std::uint16_t compare_lags(EchoLags& lags, const std::uint16_t* sent, std::uint16_t heard, std::uint64_t loud) noexcept {
  constexpr Words kBits{1, 2, 4, 8, 16, 32, 64, 128};
  loud &= (std::uint64_t{1} << kEchoLags) - 1;
  Words most{};
  for (std::size_t lag = 0; lag < kEchoPlaces; lag += kEight) {
    const Words before = load_words(&lags.likeness[lag]), alike = bits_of(~(load_words(sent + lag) ^ all_words(heard)));
    const Words aim = (alike << 12) - alike;
    const Words counts = reinterpret_cast<Words>((all_words(static_cast<std::uint16_t>(loud >> lag & 0xff)) & kBits) != Words{});
    const Words after = before + (counts & (less_words(aim, before) >> 6)) - (counts & (less_words(before, aim) >> 6));
    store_words(after, &lags.likeness[lag]);
    most = most_words(most, after);
  }
  return most_word(most);
}

}  // namespace
}  // namespace offhook::inline v0::media::detail
