#pragma once

#include <string>

#include <sys/types.h>

namespace offhook::bench {

/// What the kernel says of one process, all its threads together.
struct ProcUsage {
  double cpu_seconds = 0;  ///< user and system, since its start
  double rss_kb = 0;       ///< now
};
[[nodiscard]] ProcUsage usage_of(pid_t pid);

/// What GET `path` on 127.0.0.1:`port` answers, headers included; "" when nobody does.
[[nodiscard]] std::string http_get(unsigned short port, const std::string& path);

}  // namespace offhook::bench
