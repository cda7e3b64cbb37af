#include <offhook/tests/rtp/allocations.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>

namespace {
std::atomic<std::uint64_t> operator_new_calls{0};
}  // namespace

std::uint64_t offhook_test::allocations() { return operator_new_calls.load(); }

// Replaces the allocator of this test program. The array forms call these functions, unless a sanitizer replaces the array forms. The nothrow form, which
// std::stable_sort() uses, is replaced too for the same reason. The functions are noinline, because g++ would otherwise report a mismatch of malloc and delete,
// or of new and free.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++operator_new_calls;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return operator new(size); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("allocations() counts each use of operator new") {
  const auto before = offhook_test::allocations();
  const auto number = std::make_unique<int>(1);
  CHECK(offhook_test::allocations() == before + 1);
}
