#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace offhook::inline v0::media::detail {

/// Ways to compute the same that this machine can run, found once: the portable one first, the one in use last.
template <class Kernels>
class UsableKernels {
 public:
  explicit UsableKernels(const Kernels& portable) noexcept : all_{&portable} {}
  UsableKernels(const Kernels& portable, const Kernels& avx2) noexcept : all_{&portable, &avx2} {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) count_ = 2;
#endif
  }
  [[nodiscard]] std::span<const Kernels* const> all() const noexcept {
    return std::span(all_).first(count_);
  }

 private:
  std::array<const Kernels*, 2> all_;
  std::size_t count_ = 1;
};

}  // namespace offhook::inline v0::media::detail
