#include <offhook/base/free_descriptors.hpp>

#include <dirent.h>
#include <sys/resource.h>

#include <memory>

namespace offhook::inline v0::base {

std::size_t free_descriptors() {
  rlimit limit{};
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
  if (!folder || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  std::size_t entries = 0;
  while (::readdir(folder.get()) != nullptr) ++entries;
  const std::size_t open = entries < 3 ? 0 : entries - 3;  // Do not count ".", ".." and the descriptor of this opendir().
  return limit.rlim_cur > open ? limit.rlim_cur - open : 0;
}

}  // namespace offhook::inline v0::base
