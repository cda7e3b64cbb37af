#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::config {

/// The environment variables of this process. A user that may read /proc/PID/environ sees the variables with which the process began. This class can
/// remove the variables that it has looked up. Not thread-safe.
class ProcessEnvironment {
 public:
  /// Returns the value; nullopt when the variable is not set.
  [[nodiscard]] std::optional<std::string> find(const std::string& name);
  /// Overwrites and unsets each variable that find() has found; find() still returns its value afterwards. Variables that libraries and the
  /// system's own rules read (HOME, TZ and similar) stay. Call it before the first thread starts: the C library's environment has no lock.
  void take_what_was_found();

 private:
  std::map<std::string, std::string> found_;
};

/// Returns the names of this process's variables that begin with OFFHOOK_, sorted.
[[nodiscard]] std::vector<std::string> offhook_variables();

}  // namespace offhook::inline v0::agent::config
