#pragma once

#include <offhook/agent/agent_profile.hpp>
#include <offhook/agent/conversation/tool.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// What one tool may do. A tool without a rule does not exist for the model.
struct ToolRule {
  std::string name;
  ToolClass what = ToolClass::Write;
  Confirm confirm = Confirm::Never;
  unsigned max_per_call = 1;
  unsigned max_per_minute = 10;
  /// Of a tool that is not built in: what the caller agrees to, such as "May I send {amount} back to you?", in the agent's
  /// language. {NAME} is that argument of the model's call. "": made from the tool's name; never from what its source says of it.
  std::string question;
  /// Of a tool that is not built in: a schema that its arguments must fit, too, as read_granted_arguments() takes it. "": none.
  std::string arguments;

  /// What costs money is never done without the caller, whatever the rule says.
  [[nodiscard]] bool asks_caller() const { return confirm == Confirm::Caller || what == ToolClass::Money; }
};

struct ToolRules {
  std::vector<ToolRule> allowed;                     ///< at most kMaxTools
  std::vector<ToolGrant::Destination> destinations;  ///< transfer by name; at most kMaxDestinations
  std::vector<std::string> numbers;                  ///< NumberPatterns that transfer may dial beside them; empty: none
  std::vector<std::string> keys = {};                ///< patterns of codes that send_digits may press; empty: digits alone
};

inline constexpr std::size_t kMaxTools = 64;
inline constexpr std::size_t kMaxDestinations = 64;

[[nodiscard]] const ToolRule* find_rule(const ToolRules& rules, std::string_view name);
/// Nothing: the name is none of ours.
[[nodiscard]] std::optional<BuiltInTool> built_in(std::string_view name);
[[nodiscard]] ToolClass class_of(BuiltInTool tool);
/// From what the agent's configuration grants.
[[nodiscard]] ToolRules rules_from(const std::vector<ToolGrant>& grants);

}  // namespace offhook::inline v0::agent::tools
