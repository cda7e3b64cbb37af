#pragma once

#include <offhook/agent/providers/azure/synthesis_speaker.hpp>
#include <offhook/agent/providers/http_speaker.hpp>

namespace offhook::inline v0::agent::azure {

/// Speaking by a POST for each utterance, for HttpSpeaker: the simpler way, and the one to fall back to.
[[nodiscard]] SpeechService speech_service(const SynthesisOptions& options);

}  // namespace offhook::inline v0::agent::azure
