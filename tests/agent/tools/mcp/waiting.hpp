#pragma once

#include <offhook/agent/tools/tool_source.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

/// Waits for processes and threads. Each wait ends when its condition holds.
namespace offhook::test {

/// The limit of a wait for an event that comes within milliseconds, also on a busy machine.
inline constexpr std::chrono::seconds kPatience{60};

/// Starts a call with this number and waits for its answer. Returns the answer's text, or "nothing came" after the limit.
inline std::string answer_from(agent::tools::ToolSource& source, std::uint64_t number, const std::string& tool, const std::string& arguments) {
  source.start({number, tool, arguments});
  std::optional<agent::tools::SourceResult> result;
  const bool came = offhook_test::wait_until([&] { return (result = source.poll()).has_value(); }, kPatience);
  return came ? result->text : "nothing came";
}

}  // namespace offhook::test
