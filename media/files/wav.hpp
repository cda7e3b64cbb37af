#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace offhook::inline v0::media {

inline constexpr std::size_t kWavHeaderOctets = 44;
inline constexpr std::size_t kMaxWavChunks = 64;          ///< chunks read at most before `data`
inline constexpr std::uint32_t kMaxWavDataOctets = 0xFFFFFFFFu - 36;

struct WavFormat {
  std::uint32_t rate_hz = 8000;
  std::uint16_t channels = 1;                             ///< 1 or 2
  friend bool operator==(const WavFormat&, const WavFormat&) = default;
};

/// A whole 16-bit PCM file in memory: `samples` borrows from the file, little endian, interleaved.
struct WavView {
  WavFormat format;
  base::Bytes samples;                                    ///< a multiple of 2 x channels octets

  [[nodiscard]] std::size_t frames() const { return samples.size() / (std::size_t{2} * format.channels); }
  [[nodiscard]] std::int16_t sample(std::size_t frame, std::size_t channel = 0) const;
  /// Returns a copy of one channel.
  [[nodiscard]] std::vector<std::int16_t> channel(std::size_t channel = 0) const;
};

enum class WavError : std::uint8_t { NotRiff, NoFormat, NoData, Unsupported, TooManyChunks, Truncated };
[[nodiscard]] std::string_view to_string(WavError error);

/// Parses a 16-bit PCM WAV (plain or WAVE_FORMAT_EXTENSIBLE), 1 or 2 channels, 1..384000 Hz. If a `data` chunk claims more than the file has (the
/// recorder was stopped), the chunk is cut to the file's end.
[[nodiscard]] base::Result<WavView, WavError> parse_wav(base::Bytes file);

/// Returns the 44 octets before `data_octets` octets of samples. For streaming, write it with 0 first, and again with the true size at the end.
[[nodiscard]] std::array<std::uint8_t, kWavHeaderOctets> wav_header(WavFormat format, std::uint32_t data_octets);

/// Appends samples to `out` in the format of a WAV, little endian.
void append_wav_samples(std::span<const std::int16_t> pcm, std::vector<std::uint8_t>& out);
/// Returns header and samples.
[[nodiscard]] std::vector<std::uint8_t> write_wav(WavFormat format, std::span<const std::int16_t> pcm);

}  // namespace offhook::inline v0::media
