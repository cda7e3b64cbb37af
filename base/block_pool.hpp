#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace offhook::inline v0::base {

/// Huge: of thousands of calls that are looked at fifty times a second the addresses are found in the processor's own table. Small: of what
/// is seldom touched, only that takes memory.
enum class Pages : std::uint8_t { Huge, Small };

/// Blocks of one size, side by side in pages of a kind, where the system has it. Any thread. A region of 2 MB in which no block is left goes back to the
/// system, but for one.
class BlockPool {
 public:
  /// At most 128 kB, and aligned as a cache line is.
  explicit BlockPool(std::size_t block_octets, Pages pages = Pages::Huge);
  ~BlockPool();  ///< every block has come back
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  /// Throws std::bad_alloc.
  [[nodiscard]] void* take();
  void give_back(void* block) noexcept;

 private:
  struct Region;
  [[nodiscard]] Region* make_region();
  void free_region(Region* region) noexcept;

  const std::size_t block_octets_;
  const Pages pages_;
  std::mutex mutex_;
  Region* regions_ = nullptr;   // those with a free block, doubly linked
  std::size_t empty_ = 0;       // of them, without a used one
};

}  // namespace offhook::inline v0::base
