#pragma once

#include <offhook/agent/tools/tool_source.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

/// Functions that wait for processes and threads. A wait ends when its condition is true.
namespace offhook::test {

/// Time limit of a wait for an event that usually comes within milliseconds. Long enough for a busy machine.
inline constexpr std::chrono::seconds kPatience{60};

/// Starts a tool call with this number and waits for the answer. Returns the text of the answer, or "nothing came" after kPatience.
inline std::string answer_from(agent::tools::ToolSource& source, std::uint64_t number, const std::string& tool, const std::string& arguments) {
  source.start({number, tool, arguments});
  std::optional<agent::tools::SourceResult> result;
  const bool came = offhook_test::wait_until([&] { return (result = source.poll()).has_value(); }, kPatience);
  return came ? result->text : "nothing came";
}

}  // namespace offhook::test
