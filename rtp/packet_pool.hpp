#pragma once

#include <offhook/base/spsc_ring.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// Room for Count packets that one thread fills and another one uses and gives back. A packet stays where it was put: only its
/// number crosses. Wait-free on both sides, never allocates.
template <class T, std::size_t Count, std::size_t MaxReady>
class PacketPool {
  static_assert(Count <= 256 && MaxReady < Count, "numbers are octets, and all that is ready is of the pool");

 public:
  using Number = std::uint8_t;

  PacketPool() noexcept {
    for (std::size_t i = 0; i < Count; ++i) give_back(static_cast<Number>(i));
  }

  /// Filling thread: a place to fill, or null when all are in use. The same one until it was published.
  [[nodiscard]] T* place() noexcept {
    if (!has_place_) has_place_ = free_.try_pop(place_);
    return has_place_ ? &packets_[place_] : nullptr;
  }
  /// Filling thread: what place() gave is ready. False when MaxReady are; then it may be filled again.
  [[nodiscard]] bool publish() noexcept {
    if (!ready_.try_push(place_)) return false;
    has_place_ = false;
    return true;
  }

  /// Using thread.
  [[nodiscard]] bool take(Number& number) noexcept { return ready_.try_pop(number); }
  void give_back(Number number) noexcept { static_cast<void>(free_.try_push(number)); }  // Has room for all there are.
  [[nodiscard]] T& operator[](Number number) noexcept { return packets_[number]; }
  [[nodiscard]] const T& operator[](Number number) const noexcept { return packets_[number]; }

 private:
  base::SpscRing<Number, MaxReady> ready_;              // filling -> using
  base::SpscRing<Number, std::bit_ceil(Count)> free_;   // using -> filling
  Number place_ = 0;                                    // the filling thread's
  bool has_place_ = false;
  std::array<T, Count> packets_{};
};

}  // namespace offhook::inline v0::rtp
