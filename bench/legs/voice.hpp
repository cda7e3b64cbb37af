#pragma once

#include <offhook/media/media_plan.hpp>

#include <cstdint>
#include <vector>

namespace offhook::bench {

/// Some seconds that go through a voice detector, an echo guard and a pitch search as speech does: vowels of a gliding pitch in bursts, with
/// pauses of faint noise. At `rate_hz`, a whole number of frames of 20 ms, and the same each time.
[[nodiscard]] std::vector<std::int16_t> voice_like(std::uint32_t rate_hz);

/// The same as RTP carries it, whole frames of 160 octets: PCMU or G722.
[[nodiscard]] std::vector<std::uint8_t> encoded_voice(media::AudioCodec codec);
/// 20 ms in each, of any codec but PCMA.
[[nodiscard]] std::vector<std::vector<std::uint8_t>> voice_packets(media::AudioCodec codec);

}  // namespace offhook::bench
