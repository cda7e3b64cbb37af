#pragma once

#include <offhook/agent/providers/azure/synthesis_speaker.hpp>
#include <offhook/agent/providers/http_speaker.hpp>

namespace offhook::inline v0::agent::azure {

/// Returns the service for HttpSpeaker that sends one POST for each utterance. This service is the fallback of SynthesisSpeaker.
[[nodiscard]] SpeechService speech_service(const SynthesisOptions& options);

}  // namespace offhook::inline v0::agent::azure
