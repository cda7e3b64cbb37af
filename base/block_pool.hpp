#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace offhook::inline v0::base {

/// The page size of a pool. Huge is for memory that is read 50 times a second for each of thousands of calls: its addresses then fit
/// into the processor's TLB. Small is for memory that is seldom touched: only touched pages then take memory.
enum class Pages : std::uint8_t { Huge, Small };

/// Allocates blocks of one size, contiguously in pages of the given kind if the system supports them. Any thread may call it.
/// Keeps one 2 MB region without a used block, and gives all other such regions back to the system.
class BlockPool {
 public:
  /// `block_octets` is at most 128 kB. It is rounded up to a multiple of the cache line. Blocks are aligned to the cache line.
  explicit BlockPool(std::size_t block_octets, Pages pages = Pages::Huge);
  ~BlockPool();  ///< the application must give back every block first
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  /// Returns a free block. Throws std::bad_alloc.
  [[nodiscard]] void* take();
  void give_back(void* block) noexcept;

 private:
  struct Region;
  [[nodiscard]] Region* make_region();
  void free_region(Region* region) noexcept;

  const std::size_t block_octets_;
  const Pages pages_;
  std::mutex mutex_;
  Region* regions_ = nullptr;   // regions with at least one free block, doubly linked
  std::size_t empty_ = 0;       // number of regions without a block in use
};

}  // namespace offhook::inline v0::base
