#pragma once

#include <sys/types.h>

#include <string>

namespace offhook::bench {

/// Stops one thread of a child process, as a debugger does (ptrace(2)). The other threads continue. The destructor lets the thread continue.
class StoppedThread {
 public:
  /// Stops the first thread with this name, if possible while it sleeps, because a thread that waits for events holds no lock. Throws
  /// std::runtime_error if `process` has no such thread, or if the system does not allow it.
  StoppedThread(pid_t process, const std::string& name);
  ~StoppedThread();
  StoppedThread(const StoppedThread&) = delete;
  StoppedThread& operator=(const StoppedThread&) = delete;

 private:
  pid_t thread_;
};

}  // namespace offhook::bench
