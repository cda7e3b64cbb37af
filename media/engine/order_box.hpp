#pragma once

#include <offhook/media/stream/stream.hpp>

#include <atomic>
#include <memory>

namespace offhook::inline v0::media {

/// The arguments of Engine::start(), made on a thread that may allocate. The worker returns the order; the ordering thread frees it and its chain.
struct StartOrder {
  MediaPlan plan;
  std::unique_ptr<CodecChain> chain;
  bool relearn = false;
  StartOrder* next = nullptr;   // the next order in the chain of returned orders
};

/// Passes the latest order for a leg from the ordering thread (one at a time) to its worker. It is never full: an order that was not taken yet is
/// merged into the next one. Wait-free on both sides. Finished orders are returned, because a worker frees no memory.
class OrderBox {
 public:
  OrderBox() = default;
  ~OrderBox() {
    free_spent();
    delete next_.load(std::memory_order_acquire);
  }
  OrderBox(const OrderBox&) = delete;
  OrderBox& operator=(const OrderBox&) = delete;

  /// Ordering thread. An order without a chain keeps the codec of the order before.
  void put(std::unique_ptr<StartOrder> order) {
    free_spent();
    if (const std::unique_ptr<StartOrder> untaken{next_.exchange(nullptr, std::memory_order_acquire)}) {
      order->relearn = order->relearn || untaken->relearn;
      if (!order->chain) order->chain = std::move(untaken->chain);
    }
    next_.store(order.release(), std::memory_order_release);  // publishes the order; take() acquires it
  }

  /// Worker. Returns null if there is no order.
  [[nodiscard]] StartOrder* take() {
    if (next_.load(std::memory_order_relaxed) == nullptr) return nullptr;  // Nearly always true: saves the write.
    return next_.exchange(nullptr, std::memory_order_acquire);
  }
  /// Worker: call it when the order has been carried out.
  void give_back(StartOrder* order) {
    order->next = spent_.exchange(nullptr, std::memory_order_acquire);  // Until the next line, free_spent() finds no order.
    spent_.store(order, std::memory_order_release);
  }

 private:
  void free_spent() {
    for (StartOrder* order = spent_.exchange(nullptr, std::memory_order_acquire); order != nullptr;) {
      const std::unique_ptr<StartOrder> done(order);
      order = done->next;
    }
  }

  std::atomic<StartOrder*> next_{nullptr};
  std::atomic<StartOrder*> spent_{nullptr};
};

}  // namespace offhook::inline v0::media
