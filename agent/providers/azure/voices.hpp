#pragma once

#include <offhook/agent/providers/voice_family.hpp>

namespace offhook::inline v0::agent::azure {

/// The voices of Azure Speech. A voice speaks one language; a multilingual voice speaks the language of the text.
extern const VoiceFamily kVoices;

}  // namespace offhook::inline v0::agent::azure
