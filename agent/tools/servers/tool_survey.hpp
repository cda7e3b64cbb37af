#pragma once

#include <offhook/agent/profile/agent_profile.hpp>
#include <offhook/agent/tools/servers/tool_servers.hpp>
#include <offhook/base/time.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// The tools that all places offer now. The operator decides about them.
struct ToolSurvey {
  struct Tool {
    std::string server, name, hash;
    PinVerdict pin{};             ///< Known, Missing or Changed, by the pins of the configuration
    bool wants_pin = true;        ///< false: the tool works without a pin, because the configuration trusts first definitions (`unpinned`)
    std::string description;      ///< the source's text, as the model gets it: untrusted; printable
    std::string parameters;       ///< JSON Schema of its arguments; printable
    std::string schema;           ///< the same schema, as the source wrote it
  };
  struct Trouble { std::string server, what; };
  std::vector<Tool> tools;     ///< in the order of the configuration
  std::vector<Trouble> troubles;
};

/// Starts the servers, waits at most `limit` until each server has listed its tools or failed, and ends the servers.
[[nodiscard]] ToolSurvey survey_tools(const ToolServerPlan& plan, base::Duration limit);

/// Returns the faults of an agent's grants: the place has answered but has no such tool, or the grant contradicts the tool's own schema. The model does
/// not get a tool with a fault.
[[nodiscard]] std::vector<ToolSurvey::Trouble> grant_troubles(const ToolSurvey& survey, const AgentProfile& agent);

}  // namespace offhook::inline v0::agent::tools
