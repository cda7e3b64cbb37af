#include <offhook/agent/tools/tool_rules.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools {

const ToolRule* find_rule(const ToolRules& rules, std::string_view name) {
  const auto end = rules.allowed.begin() + static_cast<std::ptrdiff_t>(std::min(rules.allowed.size(), kMaxTools));
  const auto at = std::find_if(rules.allowed.begin(), end, [name](const ToolRule& rule) { return rule.name == name; });
  return at == end ? nullptr : &*at;
}

std::optional<BuiltInTool> built_in(std::string_view name) {
  using enum BuiltInTool;
  for (const auto tool : {HangUp, Transfer, Hold, SendDigits, Note, PauseRecording}) {
    if (to_string(tool) == name) return tool;
  }
  return std::nullopt;
}

ToolClass class_of(BuiltInTool tool) {
  switch (tool) {
    case BuiltInTool::HangUp:
    case BuiltInTool::Transfer:
    case BuiltInTool::Hold:
    case BuiltInTool::SendDigits:
      return ToolClass::Telephony;
    case BuiltInTool::Note:
    case BuiltInTool::PauseRecording:
      return ToolClass::Write;
  }
  return ToolClass::Telephony;
}

ToolRules rules_from(const std::vector<ToolGrant>& grants) {
  ToolRules rules;
  for (const ToolGrant& grant : grants) {
    ToolRule rule;
    rule.name = to_string(grant.tool);
    rule.what = class_of(grant.tool);
    rule.confirm = grant.confirm;
    rule.max_per_call = grant.max_per_call;
    rules.allowed.push_back(std::move(rule));
    rules.destinations.insert(rules.destinations.end(), grant.destinations.begin(), grant.destinations.end());
    rules.keys.insert(rules.keys.end(), grant.keys.begin(), grant.keys.end());
  }
  if (rules.destinations.size() > kMaxDestinations) rules.destinations.resize(kMaxDestinations);
  return rules;
}

}  // namespace offhook::inline v0::agent::tools
