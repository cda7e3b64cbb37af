#include <offhook/agent/config/process_environment.hpp>

#include <offhook/agent/config/variables.hpp>

#include <strings.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <unistd.h>

namespace offhook::inline v0::agent::config {

namespace {

/// Variables that contain no secrets, and that other code reads later.
constexpr std::array<std::string_view, 10> kOfOthers{"HOME", "LANG", "LC_ALL", "PATH", "TMPDIR",
                                                     "STATE_DIRECTORY", "TZ", "USER", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"};

bool is_of_others(std::string_view name) { return std::find(kOfOthers.begin(), kOfOthers.end(), name) != kOfOthers.end(); }

}  // namespace

std::optional<std::string> ProcessEnvironment::find(const std::string& name) {
  if (const auto at = found_.find(name); at != found_.end()) return at->second;
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return found_.emplace(name, value).first->second;
}

void ProcessEnvironment::take_what_was_found() {
  for (const auto& [name, value] : found_) {
    char* place = is_of_others(name) ? nullptr : std::getenv(name.c_str());
    if (place == nullptr) continue;
    ::explicit_bzero(place, std::strlen(place));
    ::unsetenv(name.c_str());
  }
}

std::vector<std::string> offhook_variables() {
  std::vector<std::string> names;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view line = *each;
    if (line.starts_with(kVariablePrefix)) names.emplace_back(line.substr(0, line.find('=')));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace offhook::inline v0::agent::config
