#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::config {

/// The variables of this process. Whoever may read /proc/PID/environ sees the variables that a process began with, so those that were
/// looked up can be taken out of there. Not thread-safe.
class ProcessEnvironment {
 public:
  /// The value, or nothing when the variable is not set.
  [[nodiscard]] std::optional<std::string> find(const std::string& name);
  /// Overwrites and unsets each variable that find() has found; find() gives its value from then on, too. Those that libraries and the
  /// system's own rules read (HOME, TZ and the like) stay. Call it before any other thread is started: the C library's environment has no lock.
  void take_what_was_found();

 private:
  std::map<std::string, std::string> found_;
};

/// The names of this process's variables that begin with OFFHOOK_, sorted.
[[nodiscard]] std::vector<std::string> offhook_variables();

}  // namespace offhook::inline v0::agent::config
