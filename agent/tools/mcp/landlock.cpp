#include <offhook/agent/tools/mcp/landlock.hpp>

#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace offhook::inline v0::agent::tools::mcp {

bool enter_landlock_domain() {
  // A domain must deny at least one right: deny the creation of block devices, which no tool server needs.
  landlock_ruleset_attr withheld{};
  withheld.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_BLOCK;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  const long ruleset = ::syscall(SYS_landlock_create_ruleset, &withheld, sizeof withheld, 0);
  if (ruleset < 0) return false;
  const bool entered = ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  ::close(static_cast<int>(ruleset));
  return entered;
}

}  // namespace offhook::inline v0::agent::tools::mcp
