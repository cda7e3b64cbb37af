#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace offhook::bench {

/// Runs a program in a separate process. The destructor ends the process with SIGTERM, and after ten seconds with SIGKILL. If the thread
/// that started the process ends in another way, for example by a signal, the kernel kills the process.
class Process {
 public:
  /// Starts `command`. Its output goes to the file `log`. Throws std::runtime_error if the process cannot be started.
  Process(const std::vector<std::string>& command, const std::string& log, const std::vector<std::string>& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running();
  /// Waits until the process ends. Returns its exit code, or -1 if a signal ended it.
  int wait();
  void terminate() const;

 private:
  pid_t pid_ = -1;
  int status_ = 0;
  bool over_ = false;
};

}  // namespace offhook::bench
