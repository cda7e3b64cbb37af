#pragma once

#include <offhook/agent/config/config.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/tools/http/service.hpp>
#include <offhook/agent/tools/mcp/servers.hpp>
#include <offhook/agent/tools/tool_source.hpp>

#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// What the configuration says of the places that tools come from, checked.
struct ToolServerPlan {
  struct HttpService {
    std::shared_ptr<const http::Service> service;
    std::string ca_file;  ///< "": those whom the system trusts
  };
  std::vector<mcp::ServerOptions> servers;
  std::vector<HttpService> services;
  std::vector<http::ServiceNote> notes;  ///< of the services' operations
  std::vector<config::ToolServerSettings> settings;  ///< what all this was made from, with
  std::vector<std::string> documents;                ///< those that were read

  [[nodiscard]] bool is_same(const ToolServerPlan& other) const { return settings == other.settings && documents == other.documents; }
};

/// Those places as long as the agent runs: servers of tools, each once for all calls, and HTTP services. Thread-safe.
class ToolServers {
 public:
  /// `watch` is called on a thread of the servers' own.
  ToolServers(std::shared_ptr<const ToolServerPlan> plan, const mcp::Server::Watch& watch);

  /// For one call, of the places with these labels; on the thread of `edges`, which outlive what is returned.
  [[nodiscard]] std::vector<std::unique_ptr<ToolSource>> sources(const std::vector<std::string>& labels, net::Edges& edges) const;
  [[nodiscard]] const std::shared_ptr<const ToolServerPlan>& plan() const { return plan_; }

 private:
  std::shared_ptr<const ToolServerPlan> plan_;
  std::unique_ptr<mcp::Servers> servers_;  // null: there are none
};

}  // namespace offhook::inline v0::agent::tools
