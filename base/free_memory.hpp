#pragma once

#include <cstddef>
#include <string>

namespace offhook::inline v0::base {

/// Where Linux tells the memory of this process and its limits. Tests have folders of their own.
struct MemoryFiles {
  std::string process = "/proc/self";      ///< statm, cgroup
  std::string machine = "/proc/meminfo";
  std::string groups = "/sys/fs/cgroup";   ///< of version 2; of version 1 its folder "memory"
};

/// How many octets this process may still take: the smallest room below its limit of address space (RLIMIT_AS), below the limit of its cgroup and of each
/// above it (cgroups(7), without pages of files that the kernel can drop), and in the machine. What cannot be read sets no limit. 0.2 ms.
[[nodiscard]] std::size_t free_memory(const MemoryFiles& files = {});

}  // namespace offhook::inline v0::base
