#pragma once

#include <cstddef>
#include <string_view>

/// Definitions that nova-3 and Flux share.
namespace offhook::inline v0::agent::deepgram {

inline constexpr std::string_view kCloseStream = R"({"type":"CloseStream"})";
inline constexpr std::size_t kSlackMs = 10;  ///< Deepgram rounds the positions of its windows by at most this

}  // namespace offhook::inline v0::agent::deepgram
