#pragma once

#include <offhook/agent/tools/tool_source.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

/// Waits for processes and threads; all of them end when the awaited event comes.
namespace offhook::test {

/// The deadline of a wait for an event that comes within milliseconds: a busy machine meets it too.
inline constexpr std::chrono::seconds kPatience{60};

/// Starts a call with that number, and waits for its answer. Returns the text of the answer, "nothing came" after the deadline.
inline std::string answer_from(agent::tools::ToolSource& source, std::uint64_t number, const std::string& tool, const std::string& arguments) {
  source.start({number, tool, arguments});
  std::optional<agent::tools::SourceResult> result;
  const bool came = offhook_test::wait_until([&] { return (result = source.poll()).has_value(); }, kPatience);
  return came ? result->text : "nothing came";
}

}  // namespace offhook::test
