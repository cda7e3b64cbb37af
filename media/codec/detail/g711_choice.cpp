#include <offhook/media/codec/detail/g711_kernels.hpp>

#include <offhook/base/usable_kernels.hpp>

namespace offhook::inline v0::media::detail {
namespace {

const base::UsableKernels<G711Kernels>& usable() noexcept {
#if defined(__x86_64__)
  using base::InstructionSet;
  static const base::UsableKernels<G711Kernels> found{{&kG711Scalar}, {&kG711Sse41, InstructionSet::Sse41}, {&kG711Avx2, InstructionSet::Avx2}};
#elif defined(__aarch64__)
  static const base::UsableKernels<G711Kernels> found{{&kG711Scalar}, {&kG711Neon}};
#else
  static const base::UsableKernels<G711Kernels> found{{&kG711Scalar}};
#endif
  return found;
}

}  // namespace

std::span<const G711Kernels* const> g711_kernels() noexcept { return usable().all(); }
const G711Kernels& g711_chosen() noexcept { return usable().best(); }

}  // namespace offhook::inline v0::media::detail
