#include <offhook/agent/tools/servers/tool_servers.hpp>

#include <offhook/agent/tools/http/http_source.hpp>

#include <utility>

namespace offhook::inline v0::agent::tools {

namespace {

/// A source that keeps the servers alive as long as a telephone call may use them.
class KeepingSource final : public ToolSource {
 public:
  KeepingSource(std::unique_ptr<ToolSource> source, std::shared_ptr<const void> kept) : kept_(std::move(kept)), source_(std::move(source)) {}
  [[nodiscard]] const std::vector<ToolDescription>& descriptions() const override { return source_->descriptions(); }
  void start(const SourceCall& call) override { source_->start(call); }
  void abandon(std::uint64_t number) override { source_->abandon(number); }
  [[nodiscard]] std::optional<SourceResult> poll() override { return source_->poll(); }

 private:
  std::shared_ptr<const void> kept_;
  std::unique_ptr<ToolSource> source_;
};

}  // namespace

base::Result<std::shared_ptr<ToolServers>, base::Error> ToolServers::start(const ToolServerPlan& plan, const mcp::Server::Watch& watch,
                                                                             const ToolServers* before) {
  std::shared_ptr<ToolServers> all(new ToolServers);
  for (const ToolPlace& place : plan.places) {
    if (!place.is_granted) continue;
    if (before != nullptr) {
      const auto known = before->running_.find(place.label());
      if (known != before->running_.end() && known->second->place.is_same(place)) {
        all->running_.emplace(place.label(), known->second);
        continue;
      }
    }
    auto running = std::make_shared<Running>(Running{place, nullptr});
    if (const auto* options = std::get_if<mcp::ServerOptions>(&place.at)) {
      auto server = mcp::Servers::start({*options}, watch, plan.proxies);
      if (!server) return base::fail(server.error());
      running->server = std::move(*server);
    }
    all->running_.emplace(place.label(), std::move(running));
  }
  return all;
}

std::vector<std::unique_ptr<ToolSource>> ToolServers::sources(const std::vector<std::string>& labels, net::Edges& edges) const {
  std::vector<std::unique_ptr<ToolSource>> sources;
  for (const std::string& label : labels) {
    const auto found = running_.find(label);
    if (found == running_.end()) continue;
    std::unique_ptr<ToolSource> source;
    if (const auto* service = std::get_if<ToolPlace::HttpService>(&found->second->place.at)) {
      net::HttpClient& client = net::client_for(edges, service->service->options().url, service->ca_file);
      source = std::make_unique<http::HttpSource>(service->service, client);
    } else {
      source = found->second->server->source(label);
    }
    if (source) sources.push_back(std::make_unique<KeepingSource>(std::move(source), shared_from_this()));
  }
  return sources;
}

}  // namespace offhook::inline v0::agent::tools
