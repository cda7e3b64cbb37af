#include <offhook/base/usable_kernels.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <string_view>

using namespace offhook::base;

namespace {

constexpr int kPortable = 1, kCommon = 2, kWide = 3;

bool only_basic_is_wished() {
  const char* wish = std::getenv("OFFHOOK_KERNELS");
  return wish != nullptr && std::string_view(wish) == "basic";
}

}  // namespace

TEST_CASE("UsableKernels keeps all kernels that need no special instruction set, in their order, and prefers the last kernel") {
  const UsableKernels<int> usable{{&kPortable}, {&kCommon}};
  REQUIRE(usable.all().size() == 2);
  CHECK(usable.all()[0] == &kPortable);
  CHECK(&usable.best() == &kCommon);
}

TEST_CASE("UsableKernels keeps a kernel only if the machine has the instruction set that the kernel needs") {
  const UsableKernels<int> usable{{&kPortable}, {&kWide, InstructionSet::Avx2}};
  CHECK(usable.all().size() == (has(InstructionSet::Avx2) ? 2 : 1));
  CHECK(&usable.best() == (has(InstructionSet::Avx2) ? &kWide : &kPortable));
}

// ctest runs this program with and without OFFHOOK_KERNELS=basic.
TEST_CASE("has() reports the instruction sets of the machine. If OFFHOOK_KERNELS=basic is set, has() reports only Basic") {
  CHECK(has(InstructionSet::Basic));
#if defined(__x86_64__)
  CHECK(has(InstructionSet::Avx2) == (!only_basic_is_wished() && __builtin_cpu_supports("avx2") != 0));
  CHECK(has(InstructionSet::Sse41) == (!only_basic_is_wished() && __builtin_cpu_supports("sse4.1") != 0));
#else
  CHECK_FALSE(has(InstructionSet::Avx2));
#endif
}

TEST_CASE("UsableKernels keeps the first kMost kernels and ignores further kernels") {
  const int all[5] = {0, 1, 2, 3, 4};
  const UsableKernels<int> most{{&all[0]}, {&all[1]}, {&all[2]}, {&all[3]}};
  CHECK(&most.best() == &all[3]);
  const UsableKernels<int> more{{&all[0]}, {&all[1]}, {&all[2]}, {&all[3]}, {&all[4]}};
  CHECK(more.all().size() == UsableKernels<int>::kMost);
  CHECK(&more.best() == &all[3]);
}
