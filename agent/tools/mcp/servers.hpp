#pragma once

#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/tools/mcp/server.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// The servers of tools that an agent program knows, on a thread of their own, begun by start(): each runs once, for all calls.
/// `watch` is called on that thread. Destroying it ends their processes and sessions, and waits for that a few seconds;
/// sources that are left then answer that nothing is available. Those over HTTP are asked by `proxies`.
class Servers {
 public:
  /// Fails when the process may start no further thread, or open no further file.
  [[nodiscard]] static base::Result<std::unique_ptr<Servers>, base::Error> start(std::vector<ServerOptions> options, const Server::Watch& watch,
                                                                                  const net::ProxyRules& proxies);
  ~Servers();
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;

  /// For one call; null when there is no such server. From any thread, as is what follows.
  [[nodiscard]] std::unique_ptr<ToolSource> source(std::string_view label) const;
  [[nodiscard]] std::shared_ptr<const Catalog> catalog(std::string_view label) const;  ///< of now; null as above

 private:
  class Impl;
  explicit Servers(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::agent::tools::mcp
