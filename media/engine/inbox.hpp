#pragma once

#include <atomic>

namespace offhook::inline v0::media {

/// Passes items from any thread to a worker. The items are linked by their `next_arriving`, so that the inbox is never full. push() does not wait for
/// the worker, and take_all() is a single exchange.
template <class T>
class Inbox {
 public:
  void push(T& item) {
    item.next_arriving = newest_.load(std::memory_order_relaxed);
    while (!newest_.compare_exchange_weak(item.next_arriving, &item, std::memory_order_release, std::memory_order_relaxed)) {
    }
  }
  /// Worker: returns all items as a chain linked by `next_arriving`, the newest item first. Returns null if there are none.
  [[nodiscard]] T* take_all() {
    if (newest_.load(std::memory_order_relaxed) == nullptr) return nullptr;  // Nearly always true: saves the write.
    return newest_.exchange(nullptr, std::memory_order_acquire);
  }
  [[nodiscard]] bool empty() const { return newest_.load(std::memory_order_acquire) == nullptr; }

 private:
  std::atomic<T*> newest_{nullptr};
};

}  // namespace offhook::inline v0::media
