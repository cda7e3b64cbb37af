#pragma once

#include <offhook/agent/tools/mcp/tool_request_queue.hpp>
#include <offhook/agent/tools/tool_source.hpp>

#include <memory>

namespace offhook::inline v0::agent::tools::mcp {

/// One server's tools in one telephone call. Keeps the catalog from the beginning of the call, and uses no tool whose definition has changed since then.
class ServerSource final : public ToolSource {
 public:
  explicit ServerSource(std::shared_ptr<ToolRequestQueue> queue);
  ~ServerSource() override;
  ServerSource(const ServerSource&) = delete;
  ServerSource& operator=(const ServerSource&) = delete;

  [[nodiscard]] const std::vector<ToolDescription>& descriptions() const override { return catalog_->descriptions; }
  void start(const SourceCall& call) override;
  void abandon(std::uint64_t number) override;
  [[nodiscard]] std::optional<SourceResult> poll() override { return queue_->take_result(guest_); }

 private:
  std::shared_ptr<ToolRequestQueue> queue_;
  std::shared_ptr<const Catalog> catalog_;
  std::uint64_t guest_;
};

}  // namespace offhook::inline v0::agent::tools::mcp
