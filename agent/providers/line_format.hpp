#pragma once

#include <offhook/agent/providers/provider_parts.hpp>
#include <offhook/agent/providers/voice_format.hpp>

namespace offhook::inline v0::agent {

/// Returns the audio format for a realtime model in this call: the line's own G.711 at 8 kHz, otherwise PCM at 24 kHz.
[[nodiscard]] inline AudioFormat line_format(const PartNeeds& needs) {
  if (needs.port_rate_hz == 8000 && needs.codec == media::AudioCodec::Pcmu) return AudioFormat::Pcmu;
  if (needs.port_rate_hz == 8000 && needs.codec == media::AudioCodec::Pcma) return AudioFormat::Pcma;
  return AudioFormat::Pcm24k;
}

}  // namespace offhook::inline v0::agent
