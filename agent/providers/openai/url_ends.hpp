#pragma once

#include <array>
#include <string_view>

namespace offhook::inline v0::agent::openai {

/// The paths of the interface, which Offhook appends to the base URL.
inline constexpr auto kUrlEnds = std::to_array<std::string_view>({"/chat/completions", "/responses", "/audio/speech", "/audio/transcriptions", "/realtime"});

}  // namespace offhook::inline v0::agent::openai
