#pragma once

#include <offhook/agent/provider_profile.hpp>

#include <span>
#include <string>
#include <string_view>

/// One voice an agent, whoever speaks: what a provider calls the voice that is nearest to the one that was named.
namespace offhook::inline v0::agent {

/// What `provider` is asked to speak with. `wanted`: as /agent/voice names it, a name of any provider's or "". `language`: BCP 47, "" when
/// it is not known; the names of some providers hold it. `languages`: those that callers may speak then, the likeliest first. "" leaves the
/// voice that its part has by itself.
///
/// A name of the provider's own is taken as it is; else its `voice` of the configuration; else one of its own that is a woman's or a
/// man's as the wanted one is.
[[nodiscard]] std::string voice_for(const ProviderProfile& provider, std::string_view wanted, std::string_view language,
                                    std::span<const std::string> languages = {});
/// voice_for() where text is spoken by itself, and no talk held: Deepgram's Flux voices are of its Voice Agent alone, and the nearest of its
/// others takes their place.
[[nodiscard]] std::string speech_voice_for(const ProviderProfile& provider, std::string_view wanted, std::string_view language,
                                           std::span<const std::string> languages = {});
/// The one language that this voice of such a provider speaks, such as "de"; "" where it follows the text, or nobody knows.
[[nodiscard]] std::string_view language_of_voice(ProviderKind kind, std::string_view voice);
/// voice_for() of a model that hears and speaks itself: of Azure it is one of OpenAI's, and so are its voices.
[[nodiscard]] std::string model_voice_for(const ProviderProfile& provider, std::string_view wanted);

}  // namespace offhook::inline v0::agent
