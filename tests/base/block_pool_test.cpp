#include <offhook/base/block_pool.hpp>
#include <offhook/base/pooled.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <set>
#include <thread>
#include <vector>

using namespace offhook;

TEST_CASE("Blocks of a pool are aligned, do not overlap, and keep their contents") {
  base::BlockPool pool(1000);
  std::vector<std::uint8_t*> blocks;
  for (std::size_t i = 0; i < 5000; ++i) {  // Enough blocks for several regions.
    blocks.push_back(static_cast<std::uint8_t*>(pool.take()));
    CHECK(reinterpret_cast<std::uintptr_t>(blocks.back()) % 64 == 0);
    std::memset(blocks.back(), static_cast<int>(i % 251), 1000);
  }
  bool whole = true;
  for (std::size_t i = 0; i < blocks.size(); ++i) whole = whole && blocks[i][0] == i % 251 && blocks[i][999] == i % 251;
  CHECK(whole);
  for (auto* const block : blocks) pool.give_back(block);
}

TEST_CASE("With small pages, a block takes memory only for the pages that the program has touched") {
  base::BlockPool pool(std::size_t{128} << 10, base::Pages::Small);
  const auto resident = [] {
    std::ifstream statm("/proc/self/statm");
    std::size_t all = 0, pages = 0;
    statm >> all >> pages;
    return pages * 4096;
  };
  const auto before = resident();
  std::vector<std::uint8_t*> blocks;
  for (int i = 0; i < 300; ++i) {
    blocks.push_back(static_cast<std::uint8_t*>(pool.take()));
    blocks.back()[100] = 1;
  }
  CHECK(resident() - before < 300 * 3 * 4096);  // At most three pages of each block of 128 kB.
  for (auto* const block : blocks) pool.give_back(block);
}

TEST_CASE("BlockPool reuses returned blocks, in any order of the returns") {
  base::BlockPool pool(23232);
  std::vector<void*> blocks;
  for (int i = 0; i < 400; ++i) blocks.push_back(pool.take());
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = static_cast<std::size_t>(round) % 2; i < blocks.size(); i += 2) pool.give_back(blocks[i]);
    for (std::size_t i = static_cast<std::size_t>(round) % 2; i < blocks.size(); i += 2) blocks[i] = pool.take();
    CHECK(std::set<void*>(blocks.begin(), blocks.end()).size() == blocks.size());
  }
  for (void* const block : blocks) pool.give_back(block);
  for (auto& block : blocks) block = pool.take();  // Takes all blocks again after all were returned.
  CHECK(std::set<void*>(blocks.begin(), blocks.end()).size() == blocks.size());
  for (void* const block : blocks) pool.give_back(block);
}

TEST_CASE("Several threads can use one pool, and a thread can return a block that another thread took") {
  struct Thing : base::Pooled<Thing> {
    std::uint64_t value[40]{};
  };
  std::vector<std::unique_ptr<Thing>> made(4000);
  const auto each = [&](std::size_t first, auto what) {
    for (std::size_t i = first; i < made.size(); i += 2) what(i);
  };
  const auto make = [&](std::size_t i) {
    made[i] = std::make_unique<Thing>();
    made[i]->value[39] = i;
  };
  std::thread odd([&] { each(1, make); });
  each(0, make);
  odd.join();
  bool whole = true;
  for (std::size_t i = 0; i < made.size(); ++i) whole = whole && made[i]->value[39] == i;
  CHECK(whole);
  std::thread even([&] { each(0, [&](std::size_t i) { made[i].reset(); }); });
  each(1, [&](std::size_t i) { made[i].reset(); });
  even.join();
}
