#pragma once

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
  };
  struct Trouble { std::string server, what; };
  std::vector<Tool> tools;     ///< in the order of the configuration
  std::vector<Trouble> troubles;
};

/// Begins the servers, waits until each has listed its tools or failed, at most `limit`, and ends them again.
[[nodiscard]] ToolSurvey survey_tools(const ToolServerPlan& plan, base::Duration limit);

}  // namespace offhook::inline v0::agent::tools
