#pragma once

#include <cstddef>

/// What one session description may hold at most; one more is refused. Each bound has a test at N and at N + 1.
namespace offhook::inline v0::sdp {

inline constexpr std::size_t kMaxSessionBytes = 65536;
inline constexpr std::size_t kMaxLineBytes = 4096;  ///< of one line, without its line end
inline constexpr std::size_t kMaxLines = 512;       ///< empty ones count
inline constexpr std::size_t kMaxMedia = 16;        ///< m= lines
inline constexpr std::size_t kMaxFormats = 64;      ///< payload types, or other formats, of one m= line

}  // namespace offhook::inline v0::sdp
