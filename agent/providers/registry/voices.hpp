#pragma once

#include <offhook/agent/providers/provider.hpp>
#include <offhook/agent/providers/provider_parts.hpp>

#include <string>
#include <string_view>

/// An agent has one voice with all providers. These functions find the name of each provider's nearest voice.
namespace offhook::inline v0::agent {

/// Returns the name of the voice for a request to `provider`; "" for the default voice of the provider's part. `wanted` is the value of /agent/voice:
/// the name of a voice of any provider, or "".
///
/// If `wanted` is a voice of the provider, returns it. Otherwise returns the provider's `voice` from the configuration. If that is not set either,
/// returns a voice of the provider that is a woman's or a man's, like `wanted`.
[[nodiscard]] std::string voice_for(const ProviderProfile& provider, std::string_view wanted, const VoiceLanguages& spoken);
/// Does the same for a request that only speaks text. If only realtime sessions have the voice, returns the nearest other voice.
[[nodiscard]] std::string speech_voice_for(const ProviderProfile& provider, std::string_view wanted, const VoiceLanguages& spoken);
/// Does the same for a realtime session, whose model may have the voices of another kind.
[[nodiscard]] std::string realtime_voice_for(const ProviderProfile& provider, std::string_view wanted, const VoiceLanguages& spoken);
/// Returns the names of the voices for the parts of a call.
[[nodiscard]] VoiceNames voices_for(const ProviderProfile& provider, const AgentProfile& profile);

/// Returns true for a man's voice of any provider.
[[nodiscard]] bool is_mans_voice(std::string_view voice);
[[nodiscard]] VoiceLanguages spoken_languages(const AgentProfile& profile);

}  // namespace offhook::inline v0::agent
