#pragma once

#include <cstddef>

/// The bounds of one session description. The parser refuses a description beyond a bound. Tests check each bound at N and at
/// N + 1.
namespace offhook::inline v0::sdp {

inline constexpr std::size_t kMaxSessionBytes = 65536;
inline constexpr std::size_t kMaxLineBytes = 4096;  ///< per line, without the line end
inline constexpr std::size_t kMaxLines = 512;       ///< including empty lines
inline constexpr std::size_t kMaxMedia = 16;        ///< m= lines
inline constexpr std::size_t kMaxCryptoLines = 16;  ///< a=crypto lines per m= line; the reader ignores further lines
inline constexpr std::size_t kMaxFingerprints = 8;  ///< a=fingerprint lines per m= line; the reader ignores further lines
inline constexpr std::size_t kMaxCandidateLines = 64;  ///< a=candidate lines per m= line; the reader ignores further lines
inline constexpr std::size_t kMaxFormats = 64;      ///< payload types or other formats per m= line

}  // namespace offhook::inline v0::sdp
