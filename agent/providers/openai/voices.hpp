#pragma once

#include <offhook/agent/providers/voice_family.hpp>

namespace offhook::inline v0::agent::openai {

/// OpenAI's voices, which its models at Azure have too.
extern const VoiceFamily kVoices;
/// The voices of compatible servers. Their names have no special form either, and are not known.
extern const VoiceFamily kCompatibleVoices;

}  // namespace offhook::inline v0::agent::openai
