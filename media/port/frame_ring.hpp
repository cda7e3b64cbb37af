#pragma once

#include <offhook/base/pooled.hpp>
#include <offhook/base/prefetch.hpp>
#include <offhook/base/spsc_ring.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <tuple>
#include <type_traits>

namespace offhook::inline v0::media {

/// Like base::SpscRing, but for audio frames, which stay where they were written: only the numbers of their places pass from thread to thread. The
/// place that was freed last is filled first. A ring is nearly empty most of the time. Therefore only a few of its places are used, and thousands of
/// calls fit into the cache. These few places are in huge pages, separate from the other places, which take no memory until they are used. One thread
/// fills, one thread empties; neither waits for the other. Only the constructor allocates.
///
/// Frame   trivially copyable, with `samples` and, as its last member, the array `pcm`. Only the first `samples` items of `pcm` are copied.
template <class Frame, std::size_t Capacity>
class FrameRing {
  static_assert(Capacity < 255, "numbers are octets, and one of them means none");
  static_assert(std::is_trivially_copyable_v<Frame> && std::is_standard_layout_v<Frame>);

 public:
  FrameRing() {
    for (std::size_t i = 0; i < Capacity; ++i) below_[i] = static_cast<Number>(i + 1 < Capacity ? i + 1 : kNone);
  }

  /// Producer only. Returns the space for the next frame; this space stays the same until publish(). Returns null if the ring is
  /// full: the producer then decides which frame to drop, and counts it.
  [[nodiscard]] Frame* claim() noexcept {
    if (claimed_ == kNone) claimed_ = take_free();
    return claimed_ == kNone ? nullptr : &place(claimed_);
  }
  /// Producer only. Passes the frame that claim() returned to the consumer.
  void publish() noexcept {
    assert(claimed_ != kNone);
    static_cast<void>(filled_.try_push(claimed_));  // It has space for all numbers.
    claimed_ = kNone;
  }
  /// Copies `frame` into a claimed place, and publishes it. Returns false if the ring is full.
  [[nodiscard]] bool try_push(const Frame& frame) noexcept {
    Frame* const room = claim();
    if (room == nullptr) return false;
    std::memcpy(static_cast<void*>(room), &frame, octets(frame));
    publish();
    return true;
  }

  /// Consumer only. Returns the oldest frame; it stays the same until drop_front(). Returns null if the ring is empty.
  [[nodiscard]] const Frame* front() noexcept {
    if (front_ == kNone && !filled_.try_pop(front_)) return nullptr;
    return &place(front_);
  }
  /// Consumer only. Frees the frame that front() returned.
  void drop_front() noexcept {
    assert(front_ != kNone);
    give_back(front_);
    front_ = kNone;
  }
  /// Copies the oldest frame to `frame`, and frees its place. Returns false if the ring is empty.
  [[nodiscard]] bool try_pop(Frame& frame) noexcept {
    const Frame* const oldest = front();
    if (oldest == nullptr) return false;
    std::memcpy(static_cast<void*>(&frame), oldest, octets(*oldest));
    drop_front();
    return true;
  }

  /// prefetch_links() prefetches the numbers. Once these are in the cache, the other two prefetch the place of a frame of `samples` samples.
  void prefetch_links() const noexcept {
    base::prefetch_to_change(&filled_, 2 * base::kCacheLine + sizeof(Number));
    base::prefetch_to_change(&free_, 2 * base::kCacheLine);
    base::prefetch(&near_, 1);
  }
  void prefetch_claim(std::size_t samples) const noexcept {
    const Number next = claimed_ != kNone ? claimed_ : free_.load(std::memory_order_relaxed);
    if (next != kNone) base::prefetch_to_change(&place(next), octets_of(samples));
  }
  void prefetch_front(std::size_t samples) noexcept {
    if (front() != nullptr) base::prefetch(&place(front_), octets_of(samples));
  }

  /// Either side; exact only while the other side does nothing.
  [[nodiscard]] std::size_t size() const noexcept { return filled_.size(); }
  [[nodiscard]] static constexpr std::size_t capacity() noexcept { return Capacity; }

 private:
  using Number = std::uint8_t;
  using Samples = decltype(Frame::pcm);
  static constexpr Number kNone = 0xff;
  static std::size_t octets(const Frame& frame) noexcept {
    return octets_of(std::min<std::size_t>(frame.samples, std::tuple_size_v<Samples>));
  }
  static constexpr std::size_t octets_of(std::size_t samples) noexcept { return offsetof(Frame, pcm) + sizeof(std::int16_t) * samples; }

  // This is a lock-free stack with one pushing thread and one popping thread. Only one thread pops, so no ABA problem occurs: the top cannot be
  // popped and pushed again between its load and the compare-exchange. Each side repeats its attempt only when the other side has just succeeded, at
  // most Capacity times in a row.
  void give_back(Number number) noexcept {
    Number top = free_.load(std::memory_order_relaxed);
    do below_[number] = top;
    while (!free_.compare_exchange_weak(top, number, std::memory_order_release, std::memory_order_relaxed));
  }
  [[nodiscard]] Number take_free() noexcept {
    Number top = free_.load(std::memory_order_acquire);
    while (top != kNone && !free_.compare_exchange_weak(top, below_[top], std::memory_order_acquire, std::memory_order_acquire)) {
    }
    return top;
  }

  base::SpscRing<Number, std::bit_ceil(Capacity)> filled_;    // producer -> consumer
  alignas(base::kCacheLine) std::atomic<Number> free_{0};     // the top of the stack; consumer -> producer
  std::array<Number, Capacity> below_;                        // for each free place, the number of the next free place
  Number claimed_ = kNone;                                    // used only by the producer
  alignas(base::kCacheLine) Number front_ = kNone;            // used only by the consumer

  union Place {
    Place() noexcept {}  // NOLINT: nothing is set to zero, because untouched memory takes no space
    Frame frame;
  };
  static constexpr std::size_t kNear = std::min<std::size_t>(Capacity, 8);
  struct Near : base::Pooled<Near> {
    std::array<Place, kNear> places;
  };
  struct Far : base::Pooled<Far, base::Pages::Small> {
    std::array<Place, std::max<std::size_t>(Capacity - kNear, 1)> places;
  };
  [[nodiscard]] Frame& place(Number number) const noexcept {
    return number < kNear ? near_->places[number].frame : far_->places[number - kNear].frame;
  }
  alignas(base::kCacheLine) const std::unique_ptr<Near> near_{new Near};   // not make_unique, which would set all of it to zero
  const std::unique_ptr<Far> far_{Capacity > kNear ? new Far : nullptr};
};

}  // namespace offhook::inline v0::media
