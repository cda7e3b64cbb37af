#pragma once

#include <offhook/media/port/media_plan.hpp>

#include <cstdint>
#include <vector>

namespace offhook::bench {

/// Returns a few seconds of audio that a voice detector, an echo guard and a pitch search treat as speech: bursts of vowels with gliding
/// pitch, and pauses of faint noise. The rate is `rate_hz`, and the length is a whole number of frames of 20 ms. The result is the same
/// each time.
[[nodiscard]] std::vector<std::int16_t> voice_like(std::uint32_t rate_hz);

/// Returns the same audio encoded for RTP as PCMU or G722, in whole frames of 160 octets.
[[nodiscard]] std::vector<std::uint8_t> encoded_voice(media::AudioCodec codec);
/// Returns the same audio as packets of 20 ms, in any codec except PCMA.
[[nodiscard]] std::vector<std::vector<std::uint8_t>> voice_packets(media::AudioCodec codec);

}  // namespace offhook::bench
