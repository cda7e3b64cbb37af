#if defined(__x86_64__)

#define OFFHOOK_KERNEL [[gnu::target("avx2")]]  // NOLINT: only a macro can name an attribute
#include <offhook/media/detect/detail/echo_kernel.hpp>

namespace offhook::inline v0::media::detail {
namespace {

/// Two lags in each vector, one in each half.
struct TwoLags {
  using Bytes [[gnu::vector_size(32)]] = std::uint8_t;
  using Sum [[gnu::vector_size(32)]] = std::uint64_t;
  static constexpr std::size_t kAtOnce = 2;

  OFFHOOK_KERNEL static inline Bytes spread(SixteenBytes bytes) noexcept {
    return reinterpret_cast<Bytes>(_mm256_broadcastsi128_si256(reinterpret_cast<__m128i>(bytes)));
  }
  OFFHOOK_KERNEL static inline Bytes load(const SixteenBytes* from) noexcept {
    return reinterpret_cast<Bytes>(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  OFFHOOK_KERNEL static inline void store(Bytes bytes, SixteenBytes* to) noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i>(bytes));
  }
  OFFHOOK_KERNEL static inline Bytes less(Bytes a, Bytes b) noexcept {
    return reinterpret_cast<Bytes>(_mm256_subs_epu8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
  }
  OFFHOOK_KERNEL static inline Bytes more(Bytes a, Bytes b) noexcept {
    return reinterpret_cast<Bytes>(_mm256_adds_epu8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
  }
  OFFHOOK_KERNEL static inline Bytes least(Bytes a, Bytes b) noexcept {
    return reinterpret_cast<Bytes>(_mm256_min_epu8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
  }
  OFFHOOK_KERNEL static inline Bytes where_more(Bytes a, Bytes b) noexcept { return ~reinterpret_cast<Bytes>(less(a, b) == Bytes{}); }
  OFFHOOK_KERNEL static inline SixteenBytes least_half(Bytes bytes) noexcept {
    const auto both = reinterpret_cast<__m256i>(bytes);
    return reinterpret_cast<SixteenBytes>(_mm_min_epu8(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1)));
  }
  OFFHOOK_KERNEL static inline Sum sum(Bytes bytes) noexcept {
    return reinterpret_cast<Sum>(_mm256_sad_epu8(reinterpret_cast<__m256i>(bytes), _mm256_setzero_si256()));
  }
  struct Sums {
    Sum four{};  // sums of every second lag in each half, one sum in each word
    OFFHOOK_KERNEL inline void take(std::size_t lag, Sum sum) noexcept { four |= sum << lag / 2 * 16; }
    [[nodiscard]] OFFHOOK_KERNEL inline Words words() const noexcept {
      const auto quarters = reinterpret_cast<__m256i>(four);
      const __m256i halves = _mm256_add_epi16(quarters, _mm256_unpackhi_epi64(quarters, quarters));
      return reinterpret_cast<Words>(_mm_unpacklo_epi16(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1)));
    }
  };
};

}  // namespace

const EchoKernels kEchoAvx2{"AVX2", learn_lags<TwoLags>, judge_lags<TwoLags>, compare_lags};

}  // namespace offhook::inline v0::media::detail

#endif
