#pragma once

#include <offhook/agent/tools/mcp/catalog.hpp>
#include <offhook/agent/tools/tool_source.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

inline constexpr std::size_t kMaxOrders = 1024;  ///< orders of all telephone calls that the server's thread has not taken yet

/// An order from a telephone call to a server.
struct Order {
  enum class What : std::uint8_t { Start, Abandon, Leave };  ///< Leave: the telephone call has ended; abandons all its orders
  What what{};
  std::uint64_t guest = 0;   ///< the telephone call's number from enter()
  std::uint64_t number = 0;  ///< SourceCall::number
  std::string tool, hash;    ///< the tool's name for models, and its hash in the telephone call's catalog
  std::string arguments;
};

/// The queues between one server's thread and the threads of the telephone calls. Orders go to the server; results and the catalog go to the
/// telephone calls. The object locks its mutex only to move a few strings, so that no thread waits longer. Any thread may use it.
class ToolRequestQueue {
 public:
  // Functions for the server's thread. `wake` is invoked under the lock when there are orders; it may only post a task.
  void open(std::function<void()> wake);
  void close();  ///< call it when the server has ended: answers all orders, and later orders, at once
  [[nodiscard]] std::vector<Order> take_orders();
  void publish(std::shared_ptr<const Catalog> catalog);
  void deliver(std::uint64_t guest, SourceResult result);

  // Functions for a telephone call.
  [[nodiscard]] std::uint64_t enter();
  void leave(std::uint64_t guest);
  void put(Order order);
  [[nodiscard]] std::optional<SourceResult> take_result(std::uint64_t guest);
  [[nodiscard]] std::shared_ptr<const Catalog> catalog() const;  ///< never null

 private:
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<Order> orders_;
  std::map<std::uint64_t, std::deque<SourceResult>> results_;  // key: the number of a telephone call from enter()
  std::uint64_t last_guest_ = 0;
  std::shared_ptr<const Catalog> catalog_ = std::make_shared<const Catalog>();
};

}  // namespace offhook::inline v0::agent::tools::mcp
