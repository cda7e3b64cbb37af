#pragma once

#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/tools/tool_source.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::test {

/// A tool box without rules, which runs every tool call. It shows the effect of each attack.
class OpenToolBox final : public agent::ToolBox {
 public:
  explicit OpenToolBox(std::vector<std::unique_ptr<agent::tools::ToolSource>> sources);

  [[nodiscard]] const std::vector<agent::ToolDescription>& descriptions() const override { return descriptions_; }
  void run(const agent::ToolCall& call) override;
  void abandon() override {}
  [[nodiscard]] std::optional<agent::ToolOutcome> poll() override;

 private:
  std::vector<std::unique_ptr<agent::tools::ToolSource>> sources_;
  std::vector<agent::ToolDescription> descriptions_;
  std::map<std::uint64_t, agent::ToolCall> running_;
  std::deque<agent::ToolOutcome> outcomes_;
  std::uint64_t last_ = 0;
};

}  // namespace offhook::test
