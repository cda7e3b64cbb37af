#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Reads and writes speech in files, at the sample rate of the embedded parts.
namespace offhook::inline v0::agent::demo {

inline constexpr std::uint32_t kSpeechRate = 16000;
inline constexpr std::size_t kMaxWavBytes = 64U << 20U;

/// Reads one channel of a WAV of 8000, 16000 or 24000 Hz, and converts it to kSpeechRate. Errors name the file.
[[nodiscard]] base::Result<std::vector<std::int16_t>, base::Error> read_speech(const std::string& path, unsigned channel);
/// Writes kSpeechRate samples as a mono WAV of `rate_hz`.
base::Result<void, base::Error> write_speech(const std::string& path, std::span<const std::int16_t> pcm, std::uint32_t rate_hz);
/// Writes an interleaved WAV of two channels at kSpeechRate.
base::Result<void, base::Error> write_stereo(const std::string& path, std::span<const std::int16_t> left, std::span<const std::int16_t> right);

}  // namespace offhook::inline v0::agent::demo
