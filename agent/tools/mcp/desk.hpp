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

inline constexpr std::size_t kMaxOrders = 1024;  ///< of all calls, that the server's thread has not taken yet

/// What a telephone call wants of a server.
struct Order {
  enum class What : std::uint8_t { Start, Abandon, Leave };  ///< Leave: the call is over, and all that it started with it
  What what{};
  std::uint64_t guest = 0;   ///< the call, as enter() numbered it
  std::uint64_t number = 0;  ///< SourceCall's
  std::string tool, hash;    ///< the tool's name for models, and the definition that the call knows
  std::string arguments;
};

/// Between one server's thread and the calls on theirs: orders one way, results and the catalog the other. A lock is held for as
/// long as it takes to move a few strings; nobody waits for anything else. From any thread.
class Desk {
 public:
  // Of the server's thread. `wake` is called when there are orders, under the lock: it only posts.
  void open(std::function<void()> wake);
  void close();  ///< no server any more: what is ordered is answered at once
  [[nodiscard]] std::vector<Order> take_orders();
  void publish(std::shared_ptr<const Catalog> catalog);
  void deliver(std::uint64_t guest, SourceResult result);

  // Of a call.
  [[nodiscard]] std::uint64_t enter();
  void leave(std::uint64_t guest);
  void put(Order order);
  [[nodiscard]] std::optional<SourceResult> take_result(std::uint64_t guest);
  [[nodiscard]] std::shared_ptr<const Catalog> catalog() const;  ///< never null

 private:
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<Order> orders_;
  std::map<std::uint64_t, std::deque<SourceResult>> results_;  // of each guest that is there
  std::uint64_t last_guest_ = 0;
  std::shared_ptr<const Catalog> catalog_ = std::make_shared<const Catalog>();
};

}  // namespace offhook::inline v0::agent::tools::mcp
