#pragma once

#include <offhook/agent/providers/voice_family.hpp>

namespace offhook::inline v0::agent::deepgram {

/// The voices of Deepgram. The voices of Flux TTS work only in the Voice Agent, because /v1/speak does not offer them.
extern const VoiceFamily kVoices;

}  // namespace offhook::inline v0::agent::deepgram
