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

/// One source of tools from the configuration, after its check.
struct ToolPlace {
  struct HttpService {
    std::shared_ptr<const http::Service> service;
    std::string ca_file;  ///< "": the trusted authorities of the system
  };
  std::variant<mcp::ServerOptions, HttpService> at;
  config::ToolServerSettings settings;  ///< the settings of this place
  Secret files;                 ///< the contents of the files that the settings name
  bool is_granted = false;              ///< true: at least one agent may use a tool of this place; false: the place is not started

  [[nodiscard]] const std::string& label() const { return settings.name; }
  [[nodiscard]] bool is_same(const ToolPlace& other) const { return settings == other.settings && files == other.files; }
};

struct ToolServerPlan {
  std::vector<ToolPlace> places;
  std::vector<http::ServiceNote> notes;  ///< decisions about the operations of HTTP services, for the log
  net::ProxyRules proxies{};             ///< proxies for servers; HTTP services use the proxies of the conversation thread
};

/// The running places: tool servers, which all telephone calls share, and HTTP services. After a reload, the new set takes over unchanged places, so
/// that a server keeps its state and its trusted definitions. Thread-safe.
class ToolServers : public std::enable_shared_from_this<ToolServers> {
 public:
  /// Starts the places. The servers' own threads call `watch`. `before` may be null. Fails like mcp::Servers::start().
  [[nodiscard]] static base::Result<std::shared_ptr<ToolServers>, base::Error> start(const ToolServerPlan& plan, const mcp::Server::Watch& watch,
                                                                                      const ToolServers* before);

  /// Returns the sources of one telephone call, for the places with these labels. Call it on the thread of `edges`, which must outlive the sources.
  /// Each source keeps all servers of this set alive: the thread that destroys the last source waits for the end of the servers.
  [[nodiscard]] std::vector<std::unique_ptr<ToolSource>> sources(const std::vector<std::string>& labels, net::Edges& edges) const;

 private:
  ToolServers() = default;
  struct Running {
    ToolPlace place;
    std::unique_ptr<mcp::Servers> server;  // null for an HTTP service
  };
  std::map<std::string, std::shared_ptr<const Running>, std::less<>> running_;  // key: the label
};

}  // namespace offhook::inline v0::agent::tools
