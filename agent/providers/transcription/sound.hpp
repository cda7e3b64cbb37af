#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// The format of the caller's audio: G.711 as on the telephone line, with one octet for each sample, or 16-bit little-endian samples.
struct Sound {
  enum class Encoding : std::uint8_t { Mulaw, Alaw, Linear16 };
  Encoding encoding = Encoding::Mulaw;
  std::uint32_t rate_hz = 8000;

  [[nodiscard]] std::size_t octets_per_sample() const { return encoding == Encoding::Linear16 ? 2 : 1; }
  [[nodiscard]] std::size_t octets_of(std::size_t ms) const { return ms * rate_hz / 1000 * octets_per_sample(); }
};
[[nodiscard]] std::string_view to_string(Sound::Encoding encoding);
/// Encodes `pcm` and appends it to `out`.
void encode_sound(const Sound& sound, std::span<const std::int16_t> pcm, std::vector<std::uint8_t>& out);

}  // namespace offhook::inline v0::agent
