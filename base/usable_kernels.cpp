#include <offhook/base/usable_kernels.hpp>

#include <cstdlib>
#include <string_view>

namespace offhook::inline v0::base {
namespace {

struct Machine {
  bool sse41 = false, avx2 = false;

  Machine() noexcept {
    const char* wish = std::getenv("OFFHOOK_KERNELS");  // Read when the first kernel is chosen: no other thread can change it yet.
    if (wish != nullptr && std::string_view(wish) == "basic") return;
#if defined(__x86_64__)
    __builtin_cpu_init();
    sse41 = __builtin_cpu_supports("sse4.1") != 0;
    avx2 = __builtin_cpu_supports("avx2") != 0;
#endif
  }
};

}  // namespace

bool has(InstructionSet set) noexcept {
  static const Machine machine;
  switch (set) {
    case InstructionSet::Basic: return true;
    case InstructionSet::Sse41: return machine.sse41;
    case InstructionSet::Avx2: return machine.avx2;
  }
  return false;
}

}  // namespace offhook::inline v0::base
