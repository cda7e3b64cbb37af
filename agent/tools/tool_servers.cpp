#include <offhook/agent/tools/tool_servers.hpp>

#include <offhook/agent/tools/http/http_source.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools {

ToolServers::ToolServers(std::shared_ptr<const ToolServerPlan> plan, const mcp::Server::Watch& watch) : plan_(std::move(plan)) {
  if (!plan_->servers.empty()) servers_ = std::make_unique<mcp::Servers>(plan_->servers, watch);
}

std::vector<std::unique_ptr<ToolSource>> ToolServers::sources(const std::vector<std::string>& labels, net::Edges& edges) const {
  std::vector<std::unique_ptr<ToolSource>> sources;
  for (const std::string& label : labels) {
    if (auto source = servers_ ? servers_->source(label) : nullptr) sources.push_back(std::move(source));
    const auto found = std::find_if(plan_->services.begin(), plan_->services.end(),
                                    [&](const ToolServerPlan::HttpService& each) { return each.service->options().label == label; });
    if (found != plan_->services.end()) sources.push_back(std::make_unique<http::HttpSource>(found->service, edges.http(found->ca_file)));
  }
  return sources;
}

}  // namespace offhook::inline v0::agent::tools
