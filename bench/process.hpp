#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace offhook::bench {

/// A program of ours in a process of its own. The destructor ends it: SIGTERM, and SIGKILL after ten seconds. The kernel ends it by SIGKILL when
/// the thread that made it ends in another way, such as by a signal to this process.
class Process {
 public:
  /// Its output goes to the file `log`. Throws std::runtime_error when it cannot be started.
  Process(const std::vector<std::string>& command, const std::string& log, const std::vector<std::string>& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running();
  /// Waits for its end; its exit code, or -1 when a signal ended it.
  int wait();
  void terminate() const;

 private:
  pid_t pid_ = -1;
  int status_ = 0;
  bool over_ = false;
};

}  // namespace offhook::bench
