#pragma once

#include <offhook/agent/providers/voice_family.hpp>

namespace offhook::inline v0::agent::openai {

/// OpenAI's voices, which the same models at Azure have too.
extern const VoiceFamily kVoices;
/// The voices of compatible servers. Offhook knows neither their names nor a form of their names.
extern const VoiceFamily kCompatibleVoices;

}  // namespace offhook::inline v0::agent::openai
