#pragma once

#include <array>
#include <string_view>

namespace offhook::inline v0::agent::openai {

/// Paths that are removed from the end of a base URL, because Offhook appends them itself.
inline constexpr auto kUrlEnds = std::to_array<std::string_view>({"/chat/completions", "/responses", "/audio/speech", "/audio/transcriptions", "/realtime"});

}  // namespace offhook::inline v0::agent::openai
