#include <offhook/agent/tools/mcp/server_source.hpp>

namespace offhook::inline v0::agent::tools::mcp {

ServerSource::ServerSource(std::shared_ptr<Desk> desk) : desk_(std::move(desk)), catalog_(desk_->catalog()), guest_(desk_->enter()) {}

ServerSource::~ServerSource() { desk_->leave(guest_); }

void ServerSource::start(const SourceCall& call) {
  const Catalog::Tool* const tool = catalog_->find(call.tool);
  desk_->put({Order::What::Start, guest_, call.number, call.tool, tool == nullptr ? std::string() : tool->hash, call.arguments});
}

void ServerSource::abandon(std::uint64_t number) { desk_->put({Order::What::Abandon, guest_, number, {}, {}, {}}); }

}  // namespace offhook::inline v0::agent::tools::mcp
