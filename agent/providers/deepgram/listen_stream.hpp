#pragma once

#include <cstddef>
#include <string_view>

/// Definitions that nova-3 and Flux share.
namespace offhook::inline v0::agent::deepgram {

inline constexpr std::string_view kCloseStream = R"({"type":"CloseStream"})";
inline constexpr std::size_t kSlackMs = 10;  ///< largest error of a position in Deepgram's messages, because it is rounded

}  // namespace offhook::inline v0::agent::deepgram
