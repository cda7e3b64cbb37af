#pragma once

#include <offhook/agent/providers/deepgram/listen_options.hpp>
#include <offhook/agent/providers/deepgram/speak_options.hpp>
#include <offhook/agent/providers/http_speaker.hpp>
#include <offhook/agent/providers/turn_listener.hpp>

namespace offhook::inline v0::agent::deepgram {

/// Returns the service for TurnListener that transcribes a whole turn by POST /v1/listen. Ignores options.sound, because it sends a WAV
/// file, which contains its format.
[[nodiscard]] TurnService turn_service(const ListenOptions& options);
/// Returns the service for HttpSpeaker that speaks by POST /v1/speak.
[[nodiscard]] SpeechService speech_service(const SpeakOptions& options);

}  // namespace offhook::inline v0::agent::deepgram
