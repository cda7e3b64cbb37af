#pragma once

#include <offhook/agent/tools/tool_policy.hpp>

/// The arguments of each built-in tool: what may stand in them, and nothing else.
namespace offhook::inline v0::agent::tools {

struct WrongArguments {
  Refusal why = Refusal::BadArguments;
  std::string to_model;  ///< the second half of a sentence, with its full stop
  std::string to_log;    ///< without any value
};

/// A tool that is not built in takes all arguments here: its own schema is looked at where that is known.
[[nodiscard]] base::Result<ToolRequest, WrongArguments> request_from(std::string_view tool, Arguments arguments,
                                                                     const ToolRules& rules);

}  // namespace offhook::inline v0::agent::tools
