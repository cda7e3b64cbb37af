#include <offhook/agent/conversation/open_tools.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

void OpenTools::on_call(const ToolCall& call) {
  if (open_.size() < kMax) open_.push_back({call.turn, call.call_id, call.name});
}

bool OpenTools::take(const ToolOutcome& outcome) {
  const auto tool = find(open_, outcome);
  if (tool == open_.end()) return false;
  open_.erase(tool);
  return true;
}

std::optional<std::string> OpenTools::take_late(const ToolOutcome& outcome) {
  const auto tool = find(late_, outcome);
  if (tool == late_.end()) return std::nullopt;
  std::string name = std::move(tool->name);
  late_.erase(tool);
  return name;
}

void OpenTools::on_reply_over() {
  for (Tool& tool : open_) late_.push_back(std::move(tool));
  open_.clear();
  if (late_.size() > kMax) late_.erase(late_.begin(), late_.end() - kMax);
}

std::vector<OpenTools::Tool>::iterator OpenTools::find(std::vector<Tool>& tools, const ToolOutcome& outcome) {
  return std::find_if(tools.begin(), tools.end(), [&](const Tool& tool) { return tool.turn == outcome.turn && tool.call_id == outcome.call_id; });
}

}  // namespace offhook::inline v0::agent
