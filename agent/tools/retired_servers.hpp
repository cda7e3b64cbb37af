#pragma once

#include <offhook/agent/tools/tool_servers.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// Servers of tools that a later configuration has others in the place of. They end when no call uses them any more, on a thread of
/// their own: that takes seconds, which no call's thread shall spend. Thread-safe.
class RetiredServers {
 public:
  explicit RetiredServers(std::chrono::milliseconds look_every = std::chrono::seconds(5)) : look_every_(look_every) {}
  ~RetiredServers();  ///< ends what is left
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
  std::jthread thread_;  // since the first of them
};

}  // namespace offhook::inline v0::agent::tools
