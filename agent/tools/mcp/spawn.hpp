#pragma once

#include <offhook/agent/tools/mcp/child_process.hpp>

namespace offhook::inline v0::agent::tools::mcp {

/// A process that was started, and our ends of its pipes.
struct Spawned {
  int pid = 0;
  int input = -1, output = -1, errors = -1;
};

/// By posix_spawn, in a Landlock domain where the kernel has that (landlock.hpp). Errors: a sentence that names the program; nothing is left open then.
[[nodiscard]] base::Result<Spawned, base::Error> spawn(const CommandLine& command);

}  // namespace offhook::inline v0::agent::tools::mcp
