#pragma once

#include <offhook/agent/config/config.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/tools/http/service.hpp>
#include <offhook/agent/tools/mcp/servers.hpp>
#include <offhook/agent/tools/tool_source.hpp>

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// One place that tools come from, as the configuration tells of it, checked.
struct ToolPlace {
  struct HttpService {
    std::shared_ptr<const http::Service> service;
    std::string ca_file;  ///< "": those whom the system trusts
  };
  std::variant<mcp::ServerOptions, HttpService> at;
  config::ToolServerSettings settings;  ///< what it was made from, with
  config::Secret files;                 ///< the texts of the files that were read for it
  bool is_granted = false;              ///< some agent may use a tool of it: else nothing is begun

  [[nodiscard]] const std::string& label() const { return settings.name; }
  [[nodiscard]] bool is_same(const ToolPlace& other) const { return settings == other.settings && files == other.files; }
};

struct ToolServerPlan {
  std::vector<ToolPlace> places;
  std::vector<http::ServiceNote> notes;  ///< of the services' operations
  net::ProxyRules proxies{};             ///< of servers; HTTP services go by those of the call's thread
};

/// Those places as long as an agent uses them: servers of tools, each once for all calls, and HTTP services. A later set takes over
/// what has not changed, so that a server keeps its state, and the definitions that were trusted, through a reload. Thread-safe.
class ToolServers : public std::enable_shared_from_this<ToolServers> {
 public:
  /// `watch` is called on threads of the servers' own. `before` may be null. Fails as mcp::Servers::start() does.
  [[nodiscard]] static base::Result<std::shared_ptr<ToolServers>, base::Error> start(const ToolServerPlan& plan, const mcp::Server::Watch& watch,
                                                                                      const ToolServers* before);

  /// For one call, of the places with these labels; on the thread of `edges`, which outlive what is returned. Each source keeps all
  /// that is here: whoever destroys the last one waits until servers have ended.
  [[nodiscard]] std::vector<std::unique_ptr<ToolSource>> sources(const std::vector<std::string>& labels, net::Edges& edges) const;

 private:
  ToolServers() = default;
  struct Running {
    ToolPlace place;
    std::unique_ptr<mcp::Servers> server;  // null for an HTTP service
  };
  std::map<std::string, std::shared_ptr<const Running>, std::less<>> running_;  // by label
};

}  // namespace offhook::inline v0::agent::tools
