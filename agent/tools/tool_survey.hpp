#pragma once

#include <offhook/agent/agent_profile.hpp>
#include <offhook/agent/tools/tool_servers.hpp>
#include <offhook/base/time.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// What all places offer now, for the operator, who alone decides what becomes of it.
struct ToolSurvey {
  struct Tool {
    std::string server, name, hash;
    PinVerdict pin{};             ///< Known, Missing or Changed: by the pins of the configuration
    bool wants_pin = true;        ///< else a Missing one does no harm: what is seen first is trusted (`unpinned`)
    std::string description;      ///< what its source wrote, as a model is shown it: not to be believed; printable
    std::string parameters;       ///< JSON Schema of its arguments; printable
    std::string schema;           ///< the same as its source wrote it
  };
  struct Trouble { std::string server, what; };
  std::vector<Tool> tools;     ///< in the order of the configuration
  std::vector<Trouble> troubles;
};

/// Begins the servers, waits until each has listed its tools or failed, at most `limit`, and ends them again.
[[nodiscard]] ToolSurvey survey_tools(const ToolServerPlan& plan, base::Duration limit);

/// The grants of an agent that name no tool of a place that has answered, or that cannot stand beside what the tool itself takes: for its model
/// such a tool does not exist.
[[nodiscard]] std::vector<ToolSurvey::Trouble> grant_troubles(const ToolSurvey& survey, const AgentProfile& agent);

}  // namespace offhook::inline v0::agent::tools
