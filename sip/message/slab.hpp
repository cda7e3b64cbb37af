#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/sip/message/header_table.hpp>
#include <offhook/sip/message/limits.hpp>

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

namespace offhook::inline v0::sip {

class SlabPool;

/// The octets of one received message, with space for the table of its header fields. Move-only. Its destructor returns the memory to
/// the pool, which must outlive the slab.
///
///     memory_ -> | HeaderTable | octets of the message | unused up to the slab's size |
class Slab {
 public:
  Slab() = default;
  Slab(Slab&& other) noexcept;
  Slab& operator=(Slab&& other) noexcept;
  ~Slab();

  /// Copies `bytes` into memory that ends with the last octet, without a pool. Tests and fuzzers use it, because they then detect
  /// a read past the end. Cuts longer input at the same octet as SlabPool::copy.
  [[nodiscard]] static Slab exact(base::Bytes bytes);

  [[nodiscard]] std::span<std::uint8_t> bytes() const;
  /// Returns null for a Slab without memory, such as one that was moved from.
  [[nodiscard]] HeaderTable* table() const {
    return memory_ ? std::launder(reinterpret_cast<HeaderTable*>(memory_.get())) : nullptr;
  }

 private:
  friend class SlabPool;
  static constexpr std::size_t kTableBytes = sizeof(HeaderTable);
  Slab(SlabPool* pool, std::unique_ptr<std::uint8_t[]> memory, std::size_t capacity, std::size_t size);
  SlabPool* pool_ = nullptr;
  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

/// Keeps freed slabs in two sizes (4 KiB and kMaxMessageBytes), so that receiving a message allocates nothing in steady state.
/// Use it on one thread. Keeps at most kMaxIdle slabs of each size.
class SlabPool {
 public:
  SlabPool() = default;
  SlabPool(const SlabPool&) = delete;  // The slabs point to their pool.
  SlabPool& operator=(const SlabPool&) = delete;

  static constexpr std::size_t kSmallBytes = 4096;
  static constexpr std::size_t kMaxIdle = 256;

  /// Copies `bytes`, but at most kMaxMessageBytes + 1 of them. The parser refuses that size as TooLarge.
  [[nodiscard]] Slab copy(base::Bytes bytes);
  [[nodiscard]] std::size_t idle() const { return small_.size() + large_.size(); }

 private:
  friend class Slab;
  void give_back(std::unique_ptr<std::uint8_t[]> memory, std::size_t capacity);
  std::vector<std::unique_ptr<std::uint8_t[]>> small_;
  std::vector<std::unique_ptr<std::uint8_t[]>> large_;
};

inline std::span<std::uint8_t> Slab::bytes() const {
  if (!memory_) return {};
  return {memory_.get() + kTableBytes, size_};
}

}  // namespace offhook::inline v0::sip
