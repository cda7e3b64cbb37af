#pragma once

#include <offhook/agent/agents/book_builder.hpp>
#include <offhook/media/prompt.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// Sounds that agents' callers hear, each read and converted once however many agents name it.
class SoundShelf {
 public:
  static constexpr std::size_t kMaxFileBytes = std::size_t{32} << 20U;
  static constexpr std::chrono::seconds kMaxGreeting{60};
  using Found = base::Result<std::shared_ptr<const media::Prompt>, std::string>;  ///< the error says for people why not

  /// Music on hold from a file whose path starts at the configuration. Null where files are not read.
  [[nodiscard]] Found music(const std::string& path, const BookSources& sources);
  /// A recorded greeting, likewise: of at most kMaxGreeting.
  [[nodiscard]] Found greeting(const std::string& path, const BookSources& sources);
  /// Our own.
  [[nodiscard]] Found quiet();

 private:
  using Known = std::map<std::string, Found, std::less<>>;  // By path.
  Known music_, greetings_;
};

}  // namespace offhook::inline v0::agent
