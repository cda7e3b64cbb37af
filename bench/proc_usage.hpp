#pragma once

#include <string>

#include <sys/types.h>

namespace offhook::bench {

/// The resources that a process uses, as the kernel reports them: the sum over its threads.
struct ProcUsage {
  double cpu_seconds = 0;  ///< user and system time in seconds since the start of the process
  double rss_kb = 0;       ///< present resident memory
};
[[nodiscard]] ProcUsage usage_of(pid_t pid);

/// Sends GET `path` to 127.0.0.1:`port`. Returns the response with its header, or "" if no server answers.
[[nodiscard]] std::string http_get(unsigned short port, const std::string& path);

}  // namespace offhook::bench
