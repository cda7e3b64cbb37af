#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// The format of the audio that Offhook exchanges with a realtime model, in both directions. Pcmu and Pcma: G.711 at 8 kHz, with one
/// octet for each sample, as on the telephone line. Pcm24k: 16-bit little-endian samples at 24 kHz.
enum class AudioFormat : std::uint8_t { Pcmu, Pcma, Pcm24k };

[[nodiscard]] std::string_view to_string(AudioFormat format);  ///< "pcmu", "pcma", "pcm"
[[nodiscard]] constexpr std::uint32_t rate_hz(AudioFormat format) { return format == AudioFormat::Pcm24k ? 24'000 : 8'000; }
[[nodiscard]] constexpr std::size_t octets_per_sample(AudioFormat format) { return format == AudioFormat::Pcm24k ? 2 : 1; }
[[nodiscard]] constexpr std::size_t octets_per_ms(AudioFormat format) { return rate_hz(format) / 1000 * octets_per_sample(format); }
/// Returns the octet that, when repeated, is silence.
[[nodiscard]] std::uint8_t silence_octet(AudioFormat format);

/// Encodes `pcm` and appends it to `out`. A sample that was decoded from a G.711 code becomes that code again, so that audio passes
/// unchanged. The only exception is mu-law's second zero (0x7F, "-0"), which becomes its first (0xFF).
void encode_audio(AudioFormat format, std::span<const std::int16_t> pcm, std::vector<std::uint8_t>& out);

/// Decodes the octets of one item to samples. Octets may be split at any place: an odd octet waits for the next invocation.
class AudioDecoder {
 public:
  explicit AudioDecoder(AudioFormat format) : format_(format) {}
  void decode(std::span<const std::uint8_t> octets, std::vector<std::int16_t>& out);

 private:
  AudioFormat format_;
  std::optional<std::uint8_t> half_;
};

}  // namespace offhook::inline v0::agent
