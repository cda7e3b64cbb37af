#pragma once

#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/tools/mcp/server.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// The tool servers of a program, on a thread of their own, which start() starts. Each server runs once for all telephone calls. That thread also
/// calls `watch`. Servers over HTTP use `proxies`. The destructor ends the processes and sessions, and waits a few seconds for this. Sources
/// that still exist after that answer that the tools are not available.
class Servers {
 public:
  /// Fails if the process cannot start another thread, or cannot open another file.
  [[nodiscard]] static base::Result<std::unique_ptr<Servers>, base::Error> start(std::vector<ServerOptions> options, const Server::Watch& watch,
                                                                                  const net::ProxyRules& proxies);
  ~Servers();
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;

  /// Returns the source for one telephone call; null if there is no such server. Any thread may call this and catalog().
  [[nodiscard]] std::unique_ptr<ToolSource> source(std::string_view label) const;
  [[nodiscard]] std::shared_ptr<const Catalog> catalog(std::string_view label) const;  ///< returns the current catalog, or null

 private:
  class Impl;
  explicit Servers(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::agent::tools::mcp
