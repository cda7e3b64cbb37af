#pragma once

#include <offhook/agent/profile/provider_profile.hpp>

#include <span>
#include <string>
#include <string_view>

/// An agent has one voice with all providers. These functions find the name of each provider's nearest voice.
namespace offhook::inline v0::agent {

/// Returns the voice that a request to `provider` names. `wanted`: the value of /agent/voice, a name of any provider or "".
/// `language`: BCP 47, "" if it is not known; the names of some providers contain it. `languages`: languages that callers may speak
/// in that case, the most likely first. Returns "" to keep the default voice of the provider's part.
///
/// Uses a name of the provider's own as it is; otherwise the provider's `voice` from the configuration; otherwise one of its voices
/// that is a woman's or a man's like the wanted one.
[[nodiscard]] std::string voice_for(const ProviderProfile& provider, std::string_view wanted, std::string_view language,
                                    std::span<const std::string> languages = {});
/// Returns voice_for() for a request that only speaks text. Deepgram's Flux voices work only in its Voice Agent, so the nearest of
/// its other voices replaces them.
[[nodiscard]] std::string speech_voice_for(const ProviderProfile& provider, std::string_view wanted, std::string_view language,
                                           std::span<const std::string> languages = {});
/// Returns the only language that a provider's voice speaks, such as "de"; "" if it follows the text, or is not known.
[[nodiscard]] std::string_view language_of_voice(ProviderKind kind, std::string_view voice);
/// Returns voice_for() for a speech-to-speech model. Azure's models of this kind are OpenAI's, and so are their voices.
[[nodiscard]] std::string model_voice_for(const ProviderProfile& provider, std::string_view wanted);

}  // namespace offhook::inline v0::agent
