#pragma once

#include <offhook/media/stream.hpp>

#include <atomic>
#include <memory>

namespace offhook::inline v0::media {

/// What start() asks for, made where allocation is allowed. Comes back with the chain that is to be freed.
struct StartOrder {
  MediaPlan plan;
  std::unique_ptr<CodecChain> chain;
  bool relearn = false;
  StartOrder* next = nullptr;   // of those that came back
};

/// The latest order for a leg, from whoever orders (one thread at a time) to its worker. Never full: an order that was not taken yet
/// goes up in the next one. Wait-free on both sides; what is carried out comes back, because a worker frees nothing.
class OrderBox {
 public:
  OrderBox() = default;
  ~OrderBox() {
    free_spent();
    delete next_.load(std::memory_order_acquire);
  }
  OrderBox(const OrderBox&) = delete;
  OrderBox& operator=(const OrderBox&) = delete;

  /// Whoever orders. An order without a chain means that the codec is that of the order before.
  void put(std::unique_ptr<StartOrder> order) {
    free_spent();
    if (const std::unique_ptr<StartOrder> untaken{next_.exchange(nullptr, std::memory_order_acquire)}) {
      order->relearn = order->relearn || untaken->relearn;
      if (!order->chain) order->chain = std::move(untaken->chain);
    }
    next_.store(order.release(), std::memory_order_release);  // Publishes the order; take() acquires it.
  }

  /// The worker. Null when there is none.
  [[nodiscard]] StartOrder* take() {
    if (next_.load(std::memory_order_relaxed) == nullptr) return nullptr;  // Nearly always: spares the write.
    return next_.exchange(nullptr, std::memory_order_acquire);
  }
  /// The worker, when it has carried it out.
  void give_back(StartOrder* order) {
    order->next = spent_.exchange(nullptr, std::memory_order_acquire);  // Ours alone meanwhile: free_spent() would find nothing.
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
