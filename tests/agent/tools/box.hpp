#pragma once

#include <offhook/agent/tools/call_tool_box.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

/// Parts for a call's tool box: a source whose answers the test sets, and rules.
namespace offhook::test {

class FakeSource final : public agent::tools::ToolSource {
 public:
  explicit FakeSource(std::vector<agent::ToolDescription> described) : described_(std::move(described)) {}

  const std::vector<agent::ToolDescription>& descriptions() const override { return described_; }
  void start(const agent::tools::SourceCall& call) override { started.push_back(call); }
  void abandon(std::uint64_t number) override { abandoned.push_back(number); }
  std::optional<agent::tools::SourceResult> poll() override {
    if (results.empty()) return std::nullopt;
    auto next = results.front();
    results.erase(results.begin());
    return next;
  }

  std::vector<agent::tools::SourceCall> started;
  std::vector<std::uint64_t> abandoned;
  std::vector<agent::tools::SourceResult> results;

 private:
  std::vector<agent::ToolDescription> described_;
};

inline agent::tools::ToolRule rule(std::string name, agent::Confirm confirm = agent::Confirm::Never,
                                   agent::ToolClass what = agent::ToolClass::Telephony) {
  agent::tools::ToolRule made;
  made.name = std::move(name);
  made.what = what;
  made.confirm = confirm;
  made.max_per_call = made.max_per_minute = 20;
  return made;
}

}  // namespace offhook::test
