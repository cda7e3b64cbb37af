#pragma once

#include <offhook/agent/tools/mcp/child_process.hpp>

namespace offhook::inline v0::agent::tools::mcp {

/// A started process, and the ends of its pipes that Offhook uses.
struct Spawned {
  int pid = 0;
  int input = -1, output = -1, errors = -1;
};

/// Starts a program with posix_spawn, in a Landlock domain if the kernel supports it (landlock.hpp). The error is a sentence that names the program.
/// After an error, no descriptor stays open.
[[nodiscard]] base::Result<Spawned, base::Error> spawn(const CommandLine& command);

}  // namespace offhook::inline v0::agent::tools::mcp
