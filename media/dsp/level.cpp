#include <offhook/media/dsp/level.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace offhook::inline v0::media {
namespace {

void add_to(FrameMeasure& sum, const FrameMeasure& part) noexcept {
  sum.energy += part.energy;
  sum.samples += part.samples;
  sum.at_ceiling += part.at_ceiling;
  sum.peak = std::max(sum.peak, part.peak);
}

#if defined(__SSE2__)
constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlock = kLanes * 4096;  // each lane counts in 16 bits

/// Measures a multiple of kLanes samples, at most kBlock.
FrameMeasure measure_block(std::span<const std::int16_t> pcm) noexcept {
  const __m128i zero = _mm_setzero_si128(), high = _mm_set1_epi16(kCeiling - 1), low = _mm_set1_epi16(1 - kCeiling);
  __m128i energy = zero, most = zero, least = zero, ceiling = zero;
  for (std::size_t i = 0; i < pcm.size(); i += kLanes) {
    const __m128i samples = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pcm.data() + i));
    const __m128i squares = _mm_madd_epi16(samples, samples);  // two squares each: at most 2^31, and therefore read as unsigned
    energy = _mm_add_epi64(energy, _mm_add_epi64(_mm_unpacklo_epi32(squares, zero), _mm_unpackhi_epi32(squares, zero)));
    most = _mm_max_epi16(most, samples);
    least = _mm_min_epi16(least, samples);
    ceiling = _mm_sub_epi16(ceiling, _mm_or_si128(_mm_cmpgt_epi16(samples, high), _mm_cmplt_epi16(samples, low)));
  }
  alignas(16) std::uint64_t energies[2];
  alignas(16) std::int16_t mosts[kLanes], leasts[kLanes], ceilings[kLanes];
  _mm_store_si128(reinterpret_cast<__m128i*>(energies), energy);
  _mm_store_si128(reinterpret_cast<__m128i*>(mosts), most);
  _mm_store_si128(reinterpret_cast<__m128i*>(leasts), least);
  _mm_store_si128(reinterpret_cast<__m128i*>(ceilings), ceiling);
  FrameMeasure frame{.energy = energies[0] + energies[1], .samples = pcm.size()};
  for (std::size_t i = 0; i < kLanes; ++i) {
    frame.peak = std::max({frame.peak, static_cast<std::uint16_t>(mosts[i]), static_cast<std::uint16_t>(-leasts[i])});
    frame.at_ceiling += static_cast<std::uint32_t>(ceilings[i]);
  }
  return frame;
}
#endif

}  // namespace

FrameMeasure measure_each(std::span<const std::int16_t> pcm) noexcept {
  FrameMeasure frame;
  frame.samples = pcm.size();
  for (const std::int16_t sample : pcm) {
    const auto size = static_cast<std::uint32_t>(std::abs(int{sample}));
    frame.energy += std::uint64_t{size} * size;
    frame.peak = std::max(frame.peak, static_cast<std::uint16_t>(size));
    if (size >= static_cast<std::uint32_t>(kCeiling)) ++frame.at_ceiling;
  }
  return frame;
}

FrameMeasure measure(std::span<const std::int16_t> pcm) noexcept {
  FrameMeasure frame;
#if defined(__SSE2__)
  while (pcm.size() >= kLanes) {
    const std::size_t whole = std::min(pcm.size() / kLanes * kLanes, kBlock);
    add_to(frame, measure_block(pcm.first(whole)));
    pcm = pcm.subspan(whole);
  }
#endif
  add_to(frame, measure_each(pcm));
  return frame;
}

double power_dbov(double mean_square) noexcept {
  constexpr double kSilence = -127, kFullScale = 32768.0 * 32768.0;
  if (mean_square <= 0) return kSilence;
  return std::clamp(10 * std::log10(mean_square / kFullScale), kSilence, 0.0);
}

std::int16_t level_dbov(std::span<const std::int16_t> pcm) noexcept {
  return static_cast<std::int16_t>(std::lrint(power_dbov(measure(pcm).mean_square())));
}

}  // namespace offhook::inline v0::media
