#pragma once

#include <offhook/base/spsc_ring.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>

namespace offhook::inline v0::media {

/// base::SpscRing for frames of audio: of each only the `samples` that are valid cross, and only the memory that they need is ever
/// touched, which at 8 kHz is a third of what the largest frames would. Wait-free, never allocates.
///
/// Frame   trivially copyable, with `samples` and, last, the array `pcm`. What of it lies beyond `samples` does not cross.
template <class Frame, std::size_t Capacity>
class FrameRing {
  static_assert(std::has_single_bit(Capacity), "an index becomes a slot with a mask");
  static_assert(std::is_trivially_copyable_v<Frame> && std::is_standard_layout_v<Frame>);

 public:
  FrameRing() noexcept {}  // NOLINT: what is not touched takes no memory, so that nothing is set to zero.

  /// Producer only. False when full: the caller decides what to drop and counts it.
  [[nodiscard]] bool try_push(const Frame& frame) noexcept {
    const auto head = head_.load(std::memory_order_relaxed);  // Only this thread writes head_.
    if (head - tail_seen_ == Capacity) {
      tail_seen_ = tail_.load(std::memory_order_acquire);  // Pairs with the release in try_pop: the slot is free.
      if (head - tail_seen_ == Capacity) return false;
    }
    const std::size_t slot = head & (Capacity - 1);
    std::memcpy(heads_[slot].data(), &frame, kHeadOctets);
    for (std::size_t part = 0, left = valid(frame); left > 0; ++part) {
      const std::size_t count = std::min(left, kPart);
      std::copy_n(frame.pcm.data() + part * kPart, count, parts_[part][slot].data());
      left -= count;
    }
    head_.store(head + 1, std::memory_order_release);  // Publishes the slot.
    return true;
  }

  /// Consumer only. False when empty.
  [[nodiscard]] bool try_pop(Frame& frame) noexcept {
    const auto tail = tail_.load(std::memory_order_relaxed);  // Only this thread writes tail_.
    if (tail == head_seen_) {
      head_seen_ = head_.load(std::memory_order_acquire);  // Pairs with the release in try_push: the slot is written.
      if (tail == head_seen_) return false;
    }
    const std::size_t slot = tail & (Capacity - 1);
    std::memcpy(static_cast<void*>(&frame), heads_[slot].data(), kHeadOctets);
    for (std::size_t part = 0, left = valid(frame); left > 0; ++part) {
      const std::size_t count = std::min(left, kPart);
      std::copy_n(parts_[part][slot].data(), count, frame.pcm.data() + part * kPart);
      left -= count;
    }
    tail_.store(tail + 1, std::memory_order_release);  // Frees the slot.
    return true;
  }

  /// Either side; exact only when the other one rests.
  [[nodiscard]] std::size_t size() const noexcept {
    const auto tail = tail_.load(std::memory_order_acquire);
    const auto head = head_.load(std::memory_order_acquire);
    return static_cast<std::size_t>(head - tail);
  }
  [[nodiscard]] static constexpr std::size_t capacity() noexcept { return Capacity; }

 private:
  using Samples = decltype(Frame::pcm);
  static constexpr std::size_t kMost = std::tuple_size_v<Samples>, kPart = 160;  // 20 ms at 8 kHz
  static constexpr std::size_t kParts = (kMost + kPart - 1) / kPart;
  static constexpr std::size_t kHeadOctets = offsetof(Frame, pcm);
  static std::size_t valid(const Frame& frame) noexcept { return std::min<std::size_t>(frame.samples, kMost); }

  alignas(base::kCacheLine) std::atomic<std::uint64_t> head_{0};  // Counts pushes and never wraps in practice.
  std::uint64_t tail_seen_ = 0;                                   // Producer's stale copy: spares a cache miss per push.
  alignas(base::kCacheLine) std::atomic<std::uint64_t> tail_{0};
  std::uint64_t head_seen_ = 0;
  alignas(base::kCacheLine) std::array<std::array<std::byte, kHeadOctets>, Capacity> heads_;
  std::array<std::array<std::array<std::int16_t, kPart>, Capacity>, kParts> parts_;  // Each frame's first 160 samples, then all their next ...
};

}  // namespace offhook::inline v0::media
