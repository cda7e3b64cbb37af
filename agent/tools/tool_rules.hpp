#pragma once

#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/profile/agent_profile.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// The permissions of one tool. The model does not see a tool without a rule.
struct ToolRule {
  std::string name;
  ToolClass what = ToolClass::Write;
  Confirm confirm = Confirm::Never;
  unsigned max_per_call = 1;
  unsigned max_per_minute = 10;
  /// For a tool that is not built in: the question to the caller in the agent's language, such as "May I send {amount} back to you?". {NAME} stands
  /// for the argument NAME of the tool call. "": Offhook makes the question from the tool's name, and never from the source's description.
  std::string question;
  /// For a tool that is not built in: a schema that its arguments must also match, in the form of read_granted_arguments(); or "".
  std::string arguments;

  /// Returns true if the caller must agree. A tool that costs money always needs this, whatever the rule says.
  [[nodiscard]] bool asks_caller() const { return confirm == Confirm::Caller || what == ToolClass::Money; }
};

struct ToolRules {
  std::vector<ToolRule> allowed;                     ///< at most kMaxTools
  std::vector<ToolGrant::Destination> destinations;  ///< transfer destinations by name; at most kMaxDestinations
  std::vector<std::string> numbers;                  ///< patterns of numbers to which transfer may also go; empty: no numbers
  std::vector<std::string> keys = {};                ///< patterns of codes that send_digits may press; empty: only digits
};

inline constexpr std::size_t kMaxTools = 64;
inline constexpr std::size_t kMaxDestinations = 64;

[[nodiscard]] const ToolRule* find_rule(const ToolRules& rules, std::string_view name);
/// Returns the built-in tool with this name; nullopt if there is none.
[[nodiscard]] std::optional<BuiltInTool> built_in(std::string_view name);
[[nodiscard]] ToolClass class_of(BuiltInTool tool);
/// Makes the rules from the grants in the agent's configuration.
[[nodiscard]] ToolRules rules_from(const std::vector<ToolGrant>& grants);

}  // namespace offhook::inline v0::agent::tools
