#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <string>
#include <vector>

#include <sys/types.h>

namespace offhook::inline v0::agent::demo {

/// A program that this process started. The destructor ends it: it sends SIGTERM, and after two seconds SIGKILL, to this process id only.
class ChildProcess {
 public:
  /// Starts a program; its output and errors go to `log_path`. Errors: domain "demo"; the text names the program.
  [[nodiscard]] static base::Result<ChildProcess, base::Error> start(const std::vector<std::string>& command, const std::string& log_path);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  [[nodiscard]] bool running();

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_ = -1;
};

}  // namespace offhook::inline v0::agent::demo
