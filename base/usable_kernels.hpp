#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace offhook::inline v0::base {

/// What a kernel asks of the machine over what every machine of its architecture has (SSE2 on x86-64, NEON on AArch64).
enum class InstructionSet : std::uint8_t { Basic, Sse41, Avx2 };

/// Whether this machine has it, system included; found once. With OFFHOOK_KERNELS=basic in the environment of the process only
/// Basic: for tests of what other machines run.
[[nodiscard]] bool has(InstructionSet set) noexcept;

template <class Kernels>
struct KernelsFor {
  const Kernels* kernels;
  InstructionSet needs = InstructionSet::Basic;
};

/// Ways to compute the same that this machine can run: in the order given, the portable one first, the one in use last.
template <class Kernels>
class UsableKernels {
 public:
  static constexpr std::size_t kMost = 4;

  /// At most kMost; the first needs Basic.
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
