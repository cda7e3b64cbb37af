#pragma once

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/media/files/prompt.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// Reads and converts the sounds of all agents. A file that several agents name is read once.
class SoundCache {
 public:
  static constexpr std::size_t kMaxFileBytes = std::size_t{32} << 20U;
  static constexpr std::chrono::seconds kMaxGreeting{60};
  using Found = base::Result<std::shared_ptr<const media::Prompt>, std::string>;  ///< the error explains the failure in words for people

  /// Returns the music on hold of a file; a relative path starts at the configuration file. Returns null when `sources` has no file reader.
  [[nodiscard]] Found music(const std::string& path, const DirectorySources& sources);
  /// Returns the greeting of a file. Refuses a greeting longer than kMaxGreeting. The path and a null result mean the same as for music().
  [[nodiscard]] Found greeting(const std::string& path, const DirectorySources& sources);
  /// Returns the music that is built into Offhook.
  [[nodiscard]] Found quiet();

 private:
  using Known = std::map<std::string, Found, std::less<>>;  // by path
  Known music_, greetings_;
};

}  // namespace offhook::inline v0::agent
