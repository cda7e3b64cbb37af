#pragma once

#include <atomic>
#include <memory>

namespace offhook::inline v0::media {

/// Passes the latest order from the ordering thread (one at a time) to a worker. It is never full: an order that the worker has not taken yet is merged into
/// the next one. Wait-free on both sides. The worker returns orders that it has carried out, and the ordering thread frees them, because a worker frees no
/// memory.
///
/// Order   has `void merge(Order& untaken)`, which takes over the parts that only the earlier order has, and `Order* next`, which the box uses
template <class Order>
class OrderBox {
 public:
  OrderBox() = default;
  ~OrderBox() {
    free_spent();
    delete next_.load(std::memory_order_acquire);
  }
  OrderBox(const OrderBox&) = delete;
  OrderBox& operator=(const OrderBox&) = delete;

  /// Ordering thread.
  void put(std::unique_ptr<Order> order) {
    free_spent();
    if (const std::unique_ptr<Order> untaken{next_.exchange(nullptr, std::memory_order_acquire)}) order->merge(*untaken);
    next_.store(order.release(), std::memory_order_release);  // publishes the order; take() acquires it
  }

  /// Worker. Returns null if there is no order.
  [[nodiscard]] Order* take() {
    if (next_.load(std::memory_order_relaxed) == nullptr) return nullptr;  // Nearly always true: saves the write.
    return next_.exchange(nullptr, std::memory_order_acquire);
  }
  /// Worker: call it when the order has been carried out.
  void give_back(Order* order) {
    order->next = spent_.exchange(nullptr, std::memory_order_acquire);  // Until the next line, free_spent() finds no order.
    spent_.store(order, std::memory_order_release);
  }

 private:
  void free_spent() {
    for (Order* order = spent_.exchange(nullptr, std::memory_order_acquire); order != nullptr;) {
      const std::unique_ptr<Order> done(order);
      order = done->next;
    }
  }

  std::atomic<Order*> next_{nullptr};
  std::atomic<Order*> spent_{nullptr};
};

}  // namespace offhook::inline v0::media
