#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::prompts {

inline constexpr std::size_t kMaxValueCharacters = 512;  ///< of one variable's value; what is longer is cut
inline constexpr std::size_t kMaxContextValues = 64;     ///< of one call's context
inline constexpr std::size_t kMaxContextName = 64;       ///< octets

/// What is known of a call when its prompt is made. Everything but the time was said by others, and is data: render() cleans,
/// bounds and marks it.
struct CallVariables {
  std::string caller, caller_name, called;
  std::chrono::local_seconds now{};  ///< where the agent stands
  std::vector<std::pair<std::string, std::string>>
      headers;  ///< of the INVITE; names count without case, the first of a name counts
  std::vector<std::pair<std::string, std::string>> context;  ///< from the agent's context source
};

/// `value` as it may stand in a text: without control characters and line breaks (they become blanks), in valid UTF-8, and of at
/// most kMaxValueCharacters characters.
[[nodiscard]] std::string cleaned(std::string_view value);

/// `value` between <data> and </data>, which it cannot close itself: what others said, in a text for a model.
[[nodiscard]] std::string marked_data(std::string value);

}  // namespace offhook::inline v0::agent::prompts
