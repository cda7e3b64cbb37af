#include <offhook/agent/agents/draft.hpp>
#include <offhook/agent/providers/registry/voices.hpp>

namespace offhook::inline v0::agent {

/// Warns about a voice that a provider has only for realtime sessions: the provider speaks all other sentences in a different voice.
void warn_of_voices(Draft& draft, const AgentProfile& profile) {
  const auto warn = [&](const ProviderPtr& provider, const std::string& place) {
    const std::string voice = voice_for(*provider, profile.voice, spoken_languages(profile));
    const std::string spoken = speech_voice_for(*provider, profile.voice, spoken_languages(profile));
    if (voice == spoken) return;
    const std::string where = voice == profile.voice ? draft.where("voice") : "/providers/" + provider->name + "/voice";
    draft.warn({where, "only " + std::string(provider->kind->voices->realtime_name) + " has the voice " + voice + ": " + place + " use the voice " + spoken + " instead (" + std::string(provider->kind->page) + ")"});
  };
  for (const SessionWay& way : profile.sessions) {
    if (const auto* talk = std::get_if<RealtimeWay>(&way)) warn(talk->provider, "Offhook's own sentences, such as the greeting,");
    if (const auto* cascade = std::get_if<CascadeWay>(&way)) {
      for (const ProviderPtr& provider : cascade->speak) warn(provider, "replies of a cascade");
    }
  }
}

}  // namespace offhook::inline v0::agent
