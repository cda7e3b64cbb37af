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
    PinVerdict pin{};          ///< Known, Missing or Changed: by the pins of the configuration
    std::string description;   ///< what its source wrote: not to be believed, and cut; printable
  };
  struct Trouble { std::string server, what; };
  std::vector<Tool> tools;     ///< in the order of the configuration
  std::vector<Trouble> troubles;
};

/// Begins the servers, waits until each has listed its tools or failed, at most `limit`, and ends them again.
[[nodiscard]] ToolSurvey survey_tools(const ToolServerPlan& plan, base::Duration limit);

}  // namespace offhook::inline v0::agent::tools
