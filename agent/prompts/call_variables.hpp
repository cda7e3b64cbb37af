#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::prompts {

inline constexpr std::size_t kMaxValueCharacters = 512;  ///< longest value of a variable; cleaned() cuts a longer value
inline constexpr std::size_t kMaxContextValues = 64;     ///< maximum number of values in the context of one call
inline constexpr std::size_t kMaxContextName = 64;       ///< longest name of a context value, in octets

/// The values of one call that a prompt can use. All values except `now` come from the call or its context source, and are
/// untrusted data. PromptTemplate::render() cleans, bounds and marks them.
struct CallVariables {
  std::string caller, caller_name, called;
  std::chrono::local_seconds now{};  ///< local time of the agent
  std::vector<std::pair<std::string, std::string>>
      headers;  ///< header fields of the INVITE; names are case-insensitive, and the first field of a name is used
  std::vector<std::pair<std::string, std::string>> context;  ///< values from the agent's context source
};

/// Returns `value` as valid UTF-8 of at most kMaxValueCharacters characters. Each run of blanks, control characters and line breaks
/// becomes one blank.
[[nodiscard]] std::string cleaned(std::string_view value);

/// Returns `value` between <data> and </data>, to mark it for a model as untrusted data. Replaces `<` and `>` in it, so that the
/// value cannot close the element.
[[nodiscard]] std::string marked_data(std::string value);

}  // namespace offhook::inline v0::agent::prompts
