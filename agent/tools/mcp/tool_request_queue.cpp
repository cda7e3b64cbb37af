#include <offhook/agent/tools/mcp/tool_request_queue.hpp>

#include <offhook/agent/tools/mcp/tool_answer.hpp>

#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

void ToolRequestQueue::open(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  if (!orders_.empty()) wake_();
}

void ToolRequestQueue::close() {
  const std::lock_guard lock(mutex_);
  wake_ = {};
  for (const Order& order : std::exchange(orders_, {})) {
    const auto guest = results_.find(order.guest);
    if (order.what == Order::What::Start && guest != results_.end()) guest->second.push_back({order.number, false, std::string(kNotAvailable), std::string(kNotAvailable)});
  }
}

std::vector<Order> ToolRequestQueue::take_orders() {
  const std::lock_guard lock(mutex_);
  return std::exchange(orders_, {});
}

void ToolRequestQueue::publish(std::shared_ptr<const Catalog> catalog) {
  const std::lock_guard lock(mutex_);
  catalog_ = std::move(catalog);
}

void ToolRequestQueue::deliver(std::uint64_t guest, SourceResult result) {
  const std::lock_guard lock(mutex_);
  const auto at = results_.find(guest);
  if (at != results_.end()) at->second.push_back(std::move(result));
}

std::uint64_t ToolRequestQueue::enter() {
  const std::lock_guard lock(mutex_);
  results_[++last_guest_];
  return last_guest_;
}

void ToolRequestQueue::leave(std::uint64_t guest) {
  put({Order::What::Leave, guest, 0, {}, {}, {}});
  const std::lock_guard lock(mutex_);
  results_.erase(guest);
}

void ToolRequestQueue::put(Order order) {
  const std::lock_guard lock(mutex_);
  const bool has_room = orders_.size() < kMaxOrders || order.what != Order::What::Start;  // Always accept an order that frees resources.
  if (wake_ && has_room) {
    orders_.push_back(std::move(order));
    if (orders_.size() == 1) wake_();
    return;
  }
  const auto guest = results_.find(order.guest);
  if (order.what == Order::What::Start && guest != results_.end()) guest->second.push_back({order.number, false, std::string(kNotAvailable), std::string(kNotAvailable)});
}

std::optional<SourceResult> ToolRequestQueue::take_result(std::uint64_t guest) {
  const std::lock_guard lock(mutex_);
  const auto at = results_.find(guest);
  if (at == results_.end() || at->second.empty()) return std::nullopt;
  std::optional<SourceResult> result(std::move(at->second.front()));
  at->second.pop_front();
  return result;
}

std::shared_ptr<const Catalog> ToolRequestQueue::catalog() const {
  const std::lock_guard lock(mutex_);
  return catalog_;
}

}  // namespace offhook::inline v0::agent::tools::mcp
