#include <offhook/media/detect/detail/echo_kernel.hpp>

#include <offhook/base/usable_kernels.hpp>

namespace offhook::inline v0::media::detail {
namespace {

/// One lag in each vector.
struct OneLag {
  using Bytes = SixteenBytes;
  static constexpr std::size_t kAtOnce = 1;

  static Bytes spread(SixteenBytes bytes) noexcept { return bytes; }
  static Bytes load(const SixteenBytes* from) noexcept { return *from; }
  static void store(Bytes bytes, SixteenBytes* to) noexcept { *to = bytes; }
  static Bytes less(Bytes a, Bytes b) noexcept { return media::less(a, b); }
  static Bytes more(Bytes a, Bytes b) noexcept { return media::more(a, b); }
  static Bytes least(Bytes a, Bytes b) noexcept { return least_of(a, b); }
  static Bytes where_more(Bytes a, Bytes b) noexcept { return media::where_more(a, b); }
  static SixteenBytes least_half(Bytes bytes) noexcept { return bytes; }

#if defined(__SSE2__)
  using Sum [[gnu::vector_size(16)]] = std::uint64_t;  // the sums of both halves
  static Sum sum(Bytes bytes) noexcept { return reinterpret_cast<Sum>(_mm_sad_epu8(reinterpret_cast<__m128i>(bytes), _mm_setzero_si128())); }
  struct Sums {
    Sum four[2]{};  // the sum of one lag in each word
    void take(std::size_t lag, Sum sum) noexcept { four[lag / 4] |= sum << lag % 4 * 16; }
    [[nodiscard]] Words words() const noexcept {
      const auto low = reinterpret_cast<__m128i>(four[0]), high = reinterpret_cast<__m128i>(four[1]);
      return reinterpret_cast<Words>(_mm_add_epi16(_mm_unpacklo_epi64(low, high), _mm_unpackhi_epi64(low, high)));
    }
  };
#else
  static std::uint16_t sum(Bytes bytes) noexcept { return static_cast<std::uint16_t>(sum_of(bytes)); }
  struct Sums {
    Words sums{};
    void take(std::size_t lag, int sum) noexcept { sums[lag] = static_cast<std::uint16_t>(sum); }
    [[nodiscard]] Words words() const noexcept { return sums; }
  };
#endif
};

const base::UsableKernels<EchoKernels>& usable() noexcept {
#if defined(__x86_64__)
  static const base::UsableKernels<EchoKernels> found{{&kEchoVector}, {&kEchoAvx2, base::InstructionSet::Avx2}};
#else
  static const base::UsableKernels<EchoKernels> found{{&kEchoVector}};
#endif
  return found;
}

}  // namespace

const EchoKernels kEchoVector{"one lag", learn_lags<OneLag>, judge_lags<OneLag>, compare_lags};

std::span<const EchoKernels* const> echo_kernels() noexcept { return usable().all(); }

}  // namespace offhook::inline v0::media::detail
