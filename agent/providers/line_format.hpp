#pragma once

#include <offhook/agent/providers/provider_parts.hpp>
#include <offhook/agent/providers/voice_format.hpp>

namespace offhook::inline v0::agent {

/// What a model hears and speaks in that call: telephone sound goes as it is; of a wide band it gets all there is.
[[nodiscard]] inline AudioFormat line_format(const PartNeeds& needs) {
  if (needs.port_rate_hz != 8000) return AudioFormat::Pcm24k;
  return needs.codec == media::AudioCodec::Pcma ? AudioFormat::Pcma : AudioFormat::Pcmu;
}

}  // namespace offhook::inline v0::agent
