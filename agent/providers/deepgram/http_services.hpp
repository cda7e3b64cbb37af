#pragma once

#include <offhook/agent/providers/deepgram/listen_options.hpp>
#include <offhook/agent/providers/deepgram/speak_options.hpp>
#include <offhook/agent/providers/http_speaker.hpp>
#include <offhook/agent/providers/turn_listener.hpp>

namespace offhook::inline v0::agent::deepgram {

/// Listening to a whole turn by POST /v1/listen, for TurnListener. Of the options the sound is not used: a WAV says what it is.
[[nodiscard]] TurnService turn_service(const ListenOptions& options);
/// Speaking by POST /v1/speak, for HttpSpeaker.
[[nodiscard]] SpeechService speech_service(const SpeakOptions& options);

}  // namespace offhook::inline v0::agent::deepgram
