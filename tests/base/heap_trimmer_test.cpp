#include <offhook/base/heap_trimmer.hpp>

#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <unistd.h>

using namespace offhook;

namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

std::size_t resident() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, pages = 0;
  statm >> all >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Allocates blocks of one kilobyte, like a burst of work.
std::vector<std::unique_ptr<char[]>> burst(std::size_t octets) {
  std::vector<std::unique_ptr<char[]>> blocks(octets / 1024);
  for (auto& block : blocks) block = std::make_unique<char[]>(1024);
  return blocks;
}

/// Frees all blocks but the last. The last one keeps the heap's end in use; otherwise glibc itself would return the free memory.
void calm_down(std::vector<std::unique_ptr<char[]>>& blocks) {
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i) blocks[i].reset();
}

bool heap_is_glibcs() {
#ifdef __GLIBC__
  return ::mallinfo2().arena != 0;  // A sanitizer replaces the heap of glibc. Then mallinfo2 reports 0.
#else
  return false;
#endif
}

}  // namespace

#ifdef __GLIBC__
TEST_CASE("After keep_large_blocks_apart(), glibc allocates each large block in its own pages, even if it has freed a large block before") {
  if (!heap_is_glibcs()) return offhook_test::skip("the heap of this program is not glibc's");
  base::keep_large_blocks_apart();
  const auto before = ::mallinfo2().hblks;
  for (int turn = 0; turn < 3; ++turn) {
    const auto large = std::make_unique<char[]>(8 * kMegabyte);
    CHECK(::mallinfo2().hblks == before + 1);
  }
  CHECK(::mallinfo2().hblks == before);
}
#endif

TEST_CASE("After each burst of work, HeapTrimmer returns the freed memory to the operating system, at most once in 20 s") {
  if (!heap_is_glibcs()) return offhook_test::skip("the heap of this program is not glibc's");
  base::TimePoint now;
  base::HeapTrimmer trimmer;
  auto blocks = burst(32 * kMegabyte);
  CHECK_FALSE(trimmer.tidy(now));
  const std::size_t full = resident();
  calm_down(blocks);
  CHECK_FALSE(trimmer.tidy(now + base::HeapTrimmer::kLook - std::chrono::milliseconds(1)));
  CHECK(trimmer.tidy(now += base::HeapTrimmer::kLook));
  CHECK(resident() + 24 * kMegabyte < full);
  auto second = burst(32 * kMegabyte);
  CHECK_FALSE(trimmer.tidy(now += base::HeapTrimmer::kLook));
  calm_down(second);
  CHECK_FALSE(trimmer.tidy(now += base::HeapTrimmer::kEvery - base::HeapTrimmer::kLook - std::chrono::milliseconds(1)));
  CHECK(trimmer.tidy(now += base::HeapTrimmer::kLook));
}

TEST_CASE("HeapTrimmer does nothing if the free part of the heap is smaller than kWorthIt") {
  if (!heap_is_glibcs()) return offhook_test::skip("the heap of this program is not glibc's");
  base::TimePoint now;
  base::HeapTrimmer trimmer;
  auto blocks = burst(base::HeapTrimmer::kWorthIt - 64 * 1024);
  CHECK_FALSE(trimmer.tidy(now));
  calm_down(blocks);
  CHECK_FALSE(trimmer.tidy(now += base::HeapTrimmer::kEvery));
}
