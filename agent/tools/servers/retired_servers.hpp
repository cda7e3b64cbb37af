#pragma once

#include <offhook/agent/tools/servers/tool_servers.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// The tool servers that a reload of the configuration has replaced. It ends each server when no telephone call uses it any more. A thread of its own
/// does this, because it takes seconds and must not delay a telephone call. Thread-safe.
class RetiredServers {
 public:
  explicit RetiredServers(std::chrono::milliseconds look_every = std::chrono::seconds(5)) : look_every_(look_every) {}
  ~RetiredServers();  ///< ends the remaining servers
  RetiredServers(const RetiredServers&) = delete;
  RetiredServers& operator=(const RetiredServers&) = delete;

  void add(std::shared_ptr<const ToolServers> servers);
  [[nodiscard]] std::size_t size() const;

 private:
  void end_unused(const std::stop_token& stop);

  const std::chrono::milliseconds look_every_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::shared_ptr<const ToolServers>> retired_;
  std::jthread thread_;  // runs since the first add()
};

}  // namespace offhook::inline v0::agent::tools
