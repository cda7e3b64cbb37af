#include <offhook/base/heap_keeper.hpp>

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

/// Blocks of one kilobyte, as a burst of work takes them.
std::vector<std::unique_ptr<char[]>> burst(std::size_t octets) {
  std::vector<std::unique_ptr<char[]>> blocks(octets / 1024);
  for (auto& block : blocks) block = std::make_unique<char[]>(1024);
  return blocks;
}

/// Frees all but the last: nothing lies free at the heap's end, where glibc would give it back by itself.
void calm_down(std::vector<std::unique_ptr<char[]>>& blocks) {
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i) blocks[i].reset();
}

bool heap_is_glibcs() {
#ifdef __GLIBC__
  return ::mallinfo2().arena != 0;  // The sanitizers have a heap of their own, and say 0.
#else
  return false;
#endif
}

}  // namespace

#ifdef __GLIBC__
TEST_CASE("Large blocks for which the heap has no gap have pages of their own, also after the first was freed") {
  if (!heap_is_glibcs()) return;
  base::keep_large_blocks_apart();
  const auto before = ::mallinfo2().hblks;
  for (int turn = 0; turn < 3; ++turn) {
    const auto large = std::make_unique<char[]>(8 * kMegabyte);
    CHECK(::mallinfo2().hblks == before + 1);
  }
  CHECK(::mallinfo2().hblks == before);
}
#endif

TEST_CASE("HeapKeeper gives back what each burst has left, no more often than every 20 s") {
  if (!heap_is_glibcs()) return;
  base::TimePoint now;
  base::HeapKeeper keeper;
  auto blocks = burst(32 * kMegabyte);
  CHECK_FALSE(keeper.tidy(now));
  const std::size_t full = resident();
  calm_down(blocks);
  CHECK_FALSE(keeper.tidy(now + base::HeapKeeper::kLook - std::chrono::milliseconds(1)));
  CHECK(keeper.tidy(now += base::HeapKeeper::kLook));
  CHECK(resident() + 24 * kMegabyte < full);
  auto second = burst(32 * kMegabyte);
  CHECK_FALSE(keeper.tidy(now += base::HeapKeeper::kLook));
  calm_down(second);
  CHECK_FALSE(keeper.tidy(now += base::HeapKeeper::kEvery - base::HeapKeeper::kLook - std::chrono::milliseconds(1)));
  CHECK(keeper.tidy(now += base::HeapKeeper::kLook));
}

TEST_CASE("HeapKeeper leaves a heap alone in which little has become free") {
  if (!heap_is_glibcs()) return;
  base::TimePoint now;
  base::HeapKeeper keeper;
  auto blocks = burst(base::HeapKeeper::kWorthIt - 64 * 1024);
  CHECK_FALSE(keeper.tidy(now));
  calm_down(blocks);
  CHECK_FALSE(keeper.tidy(now += base::HeapKeeper::kEvery));
}
