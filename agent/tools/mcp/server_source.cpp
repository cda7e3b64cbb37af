#include <offhook/agent/tools/mcp/server_source.hpp>

namespace offhook::inline v0::agent::tools::mcp {

ServerSource::ServerSource(std::shared_ptr<ToolRequestQueue> queue) : queue_(std::move(queue)), catalog_(queue_->catalog()), guest_(queue_->enter()) {}

ServerSource::~ServerSource() { queue_->leave(guest_); }

void ServerSource::start(const SourceCall& call) {
  const Catalog::Tool* const tool = catalog_->find(call.tool);
  queue_->put({Order::What::Start, guest_, call.number, call.tool, tool == nullptr ? std::string() : tool->hash, call.arguments});
}

void ServerSource::abandon(std::uint64_t number) { queue_->put({Order::What::Abandon, guest_, number, {}, {}, {}}); }

}  // namespace offhook::inline v0::agent::tools::mcp
