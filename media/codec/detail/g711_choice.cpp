#include <offhook/media/codec/detail/g711_kernels.hpp>

#include <array>

namespace offhook::inline v0::media::detail {
namespace {

struct Machine {
  std::array<const G711Kernels*, 3> usable{&kG711Scalar};
  std::size_t count = 1;
  const G711Kernels* chosen = &kG711Scalar;

  Machine() noexcept {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("sse4.1")) prefer(kG711Sse41);
    if (__builtin_cpu_supports("avx2")) prefer(kG711Avx2);
#elif defined(__aarch64__)
    prefer(kG711Neon);  // Part of every AArch64.
#endif
  }

  void prefer(const G711Kernels& kernels) noexcept {
    usable[count++] = &kernels;
    chosen = &kernels;
  }
};

const Machine& machine() noexcept {
  static const Machine found;
  return found;
}

}  // namespace

std::span<const G711Kernels* const> g711_kernels() noexcept {
  return std::span(machine().usable).first(machine().count);
}
const G711Kernels& g711_chosen() noexcept {
  return *machine().chosen;
}

}  // namespace offhook::inline v0::media::detail
