#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace offhook::inline v0::base {

inline constexpr std::size_t kCacheLine = 64;

/// Bounded queue from exactly one producer thread to exactly one consumer thread. Wait-free, never allocates.
template <class T, std::size_t Capacity>
class SpscRing {
  static_assert(std::has_single_bit(Capacity), "Capacity must be a power of two: a mask turns an index into a slot");
  static_assert(std::is_trivially_copyable_v<T>, "T must be trivially copyable: the ring copies slots and never destroys them");

 public:
  /// Call on the producer thread only. Returns false when the ring is full; the producer then decides which item to drop, and counts it.
  [[nodiscard]] bool try_push(const T& item) noexcept {
    const auto head = head_.load(std::memory_order_relaxed);  // Only this thread writes head_.
    if (head - tail_seen_ == Capacity) {
      tail_seen_ = tail_.load(std::memory_order_acquire);  // Pairs with the release in try_pop: the slot is free.
      if (head - tail_seen_ == Capacity) return false;
    }
    slots_[head & (Capacity - 1)] = item;
    head_.store(head + 1, std::memory_order_release);  // Publishes the slot.
    return true;
  }

  /// Call on the consumer thread only. Returns false when the ring is empty.
  [[nodiscard]] bool try_pop(T& item) noexcept {
    const auto tail = tail_.load(std::memory_order_relaxed);  // Only this thread writes tail_.
    if (tail == head_seen_) {
      head_seen_ = head_.load(std::memory_order_acquire);  // Pairs with the release in try_push: the slot is written.
      if (tail == head_seen_) return false;
    }
    item = slots_[tail & (Capacity - 1)];
    tail_.store(tail + 1, std::memory_order_release);  // Frees the slot.
    return true;
  }

  /// Either thread may call it. Exact only while the other thread is idle.
  [[nodiscard]] std::size_t size() const noexcept {
    const auto tail = tail_.load(std::memory_order_acquire);
    const auto head = head_.load(std::memory_order_acquire);
    return static_cast<std::size_t>(head - tail);
  }
  /// Call on the consumer thread only. Prefetches the indexes that try_pop() reads.
  void prefetch_pop() const noexcept {
    __builtin_prefetch(&tail_, 0, 2);
    __builtin_prefetch(&head_, 0, 2);
  }
  [[nodiscard]] static constexpr std::size_t capacity() noexcept { return Capacity; }

 private:
  alignas(kCacheLine) std::atomic<std::uint64_t> head_{0};  // Counts pushes and never wraps in practice.
  std::uint64_t tail_seen_ = 0;                             // The producer's copy of tail_, perhaps old: saves a cache miss per push.
  alignas(kCacheLine) std::atomic<std::uint64_t> tail_{0};
  std::uint64_t head_seen_ = 0;
  alignas(kCacheLine) std::array<T, Capacity> slots_{};
};

}  // namespace offhook::inline v0::base
