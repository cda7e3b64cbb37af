#pragma once

#include <algorithm>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// Remembers how late overtaken packets came: packets that arrived after a later packet. Counts in units of 1/8000 s.
class Overtaken {
 public:
  static constexpr std::int64_t kMostDelay = 800;  ///< 100 ms; a packet that comes later is not worth the wait
  static constexpr std::int64_t kMargin = 80;      ///< 10 ms: the next overtaken packet may come this much later than the earlier ones
  static constexpr std::int64_t kSlot = 40'000;    ///< 5 s; a delay counts for one to two slots

  void forget() noexcept { *this = {}; }

  /// Records a packet that came at `arrival`, after a later packet had come. `delay` is its delay relative to the fastest packets.
  void add(std::int64_t arrival, std::int64_t delay) noexcept {
    if (delay > kMostDelay) return;
    if (arrival >= slot_end_) {
      const bool is_next_slot = arrival < slot_end_ + kSlot;
      before_ = is_next_slot ? latest_ : 0;
      latest_ = 0;
      slot_end_ = is_next_slot ? slot_end_ + kSlot : arrival + kSlot;
    }
    latest_ = std::max(latest_, delay);
  }

  /// Returns true if a missing packet, which would have this delay now, may still come.
  [[nodiscard]] bool may_come(std::int64_t now, std::int64_t delay) const noexcept {
    return now < slot_end_ + kSlot && delay <= (now < slot_end_ ? std::max(latest_, before_) : latest_) + kMargin;
  }

 private:
  std::int64_t latest_ = 0, before_ = 0;  // the largest delay of the slot that ends at slot_end_, and of the previous slot
  std::int64_t slot_end_ = -kSlot;        // no slot yet
};

}  // namespace offhook::inline v0::rtp
