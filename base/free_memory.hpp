#pragma once

#include <cstddef>
#include <string>

namespace offhook::inline v0::base {

/// The files in which Linux reports the memory of this process and its limits. Tests use their own folders.
struct MemoryFiles {
  std::string process = "/proc/self";      ///< statm, cgroup
  std::string machine = "/proc/meminfo";
  std::string groups = "/sys/fs/cgroup";   ///< root of cgroup version 2; version 1 is in its subfolder "memory"
};

/// Returns how many octets this process may still allocate: the minimum of three numbers. The first is what the address space limit
/// (RLIMIT_AS) leaves. The second is what the limits of the cgroup and all its parents leave (cgroups(7), not counting file pages
/// that the kernel can drop). The third is the machine's free memory. A file that cannot be read sets no limit. Takes 0.2 ms.
[[nodiscard]] std::size_t free_memory(const MemoryFiles& files = {});

}  // namespace offhook::inline v0::base
