#pragma once

#include <offhook/media/engine/leg.hpp>

#include <atomic>

namespace offhook::inline v0::media {

/// Legs on their way to a worker, from any thread: linked through themselves, so that it is never full. push() does not wait for the
/// worker, and take_all() is a single exchange.
class LegInbox {
 public:
  void push(Leg& leg) {
    leg.next_arriving = newest_.load(std::memory_order_relaxed);
    while (!newest_.compare_exchange_weak(leg.next_arriving, &leg, std::memory_order_release, std::memory_order_relaxed)) {
    }
  }
  /// The worker: a chain by `next_arriving`, the newest first; null when there is none.
  [[nodiscard]] Leg* take_all() {
    if (newest_.load(std::memory_order_relaxed) == nullptr) return nullptr;  // Nearly always: spares the write.
    return newest_.exchange(nullptr, std::memory_order_acquire);
  }

 private:
  std::atomic<Leg*> newest_{nullptr};
};

}  // namespace offhook::inline v0::media
