#pragma once

#include <offhook/agent/providers/provider_parts.hpp>
#include <offhook/agent/providers/voice_format.hpp>

namespace offhook::inline v0::agent {

/// What a model hears and speaks in that call: G.711 goes as it is; of another codec it gets all there is.
[[nodiscard]] inline AudioFormat line_format(const PartNeeds& needs) {
  if (needs.port_rate_hz == 8000 && needs.codec == media::AudioCodec::Pcmu) return AudioFormat::Pcmu;
  if (needs.port_rate_hz == 8000 && needs.codec == media::AudioCodec::Pcma) return AudioFormat::Pcma;
  return AudioFormat::Pcm24k;
}

}  // namespace offhook::inline v0::agent
