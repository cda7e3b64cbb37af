#pragma once

#include <offhook/agent/tools/tool_policy.hpp>

/// Checks the arguments of built-in tools. Refuses arguments that a tool does not have.
namespace offhook::inline v0::agent::tools {

struct WrongArguments {
  Refusal why = Refusal::BadArguments;
  std::string to_model;  ///< second half of a sentence for the model, with its full stop
  std::string to_log;    ///< text for the log, without any value of an argument
};

/// Converts a tool call into a request. For a tool that is not built in, accepts all arguments: ToolPolicy checks them against the tool's schema.
[[nodiscard]] base::Result<ToolRequest, WrongArguments> request_from(std::string_view tool, Arguments arguments,
                                                                     const ToolRules& rules);

}  // namespace offhook::inline v0::agent::tools
