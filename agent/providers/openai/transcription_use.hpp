#pragma once

#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/providers/openai/realtime_events.hpp>

#include <chrono>

namespace offhook::inline v0::agent::openai::realtime {

/// Converts the use that the server reports. The result has no name of a service.
[[nodiscard]] inline ServiceUse use_of(const TranscriptionUsage& usage) {
  ServiceUse use;
  use.input_tokens = usage.input_tokens;
  use.audio_input_tokens = usage.input_audio_tokens;
  use.output_tokens = usage.output_tokens;
  use.audio = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(usage.seconds));
  return use;
}

}  // namespace offhook::inline v0::agent::openai::realtime
