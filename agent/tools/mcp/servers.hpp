#pragma once

#include <offhook/agent/tools/mcp/server.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// The servers of tools that an agent program knows, on a thread of their own, begun when this is made: each runs once, for all
/// calls. `watch` is called on that thread. Destroying it ends their processes and sessions, and waits for that a few seconds;
/// sources that are left then answer that nothing is available.
class Servers {
 public:
  Servers(std::vector<ServerOptions> options, Server::Watch watch);
  ~Servers();
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;

  /// For one call; null when there is no such server. From any thread, as is what follows.
  [[nodiscard]] std::unique_ptr<ToolSource> source(std::string_view label) const;
  [[nodiscard]] std::shared_ptr<const Catalog> catalog(std::string_view label) const;  ///< of now; null as above

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::agent::tools::mcp
