#pragma once

#include <string>

#include <sys/types.h>

namespace offhook::bench {

/// The resource usage that the kernel reports for a process, as the sum of its threads.
struct ProcUsage {
  double cpu_seconds = 0;  ///< user and system time since the start of the process
  double rss_kb = 0;       ///< current resident memory
};
[[nodiscard]] ProcUsage usage_of(pid_t pid);

/// Sends GET `path` to 127.0.0.1:`port`, and returns the response with its header. Returns "" when no server answers.
[[nodiscard]] std::string http_get(unsigned short port, const std::string& path);

}  // namespace offhook::bench
