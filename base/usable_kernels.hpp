#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace offhook::inline v0::base {

/// The instruction set that a kernel needs. Every machine of the architecture has Basic: SSE2 on x86-64, NEON on AArch64.
enum class InstructionSet : std::uint8_t { Basic, Sse41, Avx2 };

/// Returns true if this machine and its system support `set`; detected once. With OFFHOOK_KERNELS=basic in the process's
/// environment, it returns true only for Basic, so that tests can run the kernels that older machines run.
[[nodiscard]] bool has(InstructionSet set) noexcept;

template <class Kernels>
struct KernelsFor {
  const Kernels* kernels;
  InstructionSet needs = InstructionSet::Basic;
};

/// Holds the kernels of one computation that this machine can run, in the order given. The first kernel is portable; Offhook uses
/// the last one.
template <class Kernels>
class UsableKernels {
 public:
  static constexpr std::size_t kMost = 4;

  /// Takes at most kMost kernels. The first must need only Basic.
  UsableKernels(std::initializer_list<KernelsFor<Kernels>> ways) noexcept {
    for (const auto& way : ways) {
      if (count_ < kMost && has(way.needs)) all_[count_++] = way.kernels;
    }
  }
  [[nodiscard]] std::span<const Kernels* const> all() const noexcept { return std::span(all_).first(count_); }
  [[nodiscard]] const Kernels& best() const noexcept { return *all_[count_ - 1]; }

 private:
  std::array<const Kernels*, kMost> all_{};
  std::size_t count_ = 0;
};

}  // namespace offhook::inline v0::base
