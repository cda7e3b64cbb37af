#include <offhook/agent/providers/registry/voices.hpp>

#include <offhook/agent/providers/registry/registry.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

namespace {

/// Returns the family whose names have the form of `voice`; null if no family has it.
const VoiceFamily* family_of(std::string_view voice) {
  for (const Provider* kind : provider_kinds()) {
    if (kind->voices != nullptr && kind->voices->has_form != nullptr && kind->voices->has_form(voice)) return kind->voices;
  }
  return nullptr;
}

bool fits(const VoiceFamily& family, std::string_view voice) {
  return family.has_form != nullptr ? family.has_form(voice) : family_of(voice) == nullptr;
}

/// Returns true if `voice` certainly belongs to the family.
bool is_certain(const VoiceFamily& family, std::string_view voice) {
  return !voice.empty() && fits(family, voice) && (family.is_certain == nullptr || family.is_certain(voice));
}

/// Returns the given name in a voice's name: "apollo" for "aura-2-apollo-en", "andrew" for "en-US-AndrewMultilingualNeural".
std::string given_name(std::string_view voice) {
  const VoiceFamily* family = family_of(voice);
  if (family != nullptr && family->given_name != nullptr) voice = family->given_name(voice);
  voice = voice.substr(0, voice.find(':'));
  for (const std::string_view ending : {"Neural", "Multilingual", "Turbo"}) {
    if (voice.ends_with(ending)) voice.remove_suffix(ending.size());
  }
  std::string name;
  for (const char c : voice) name += base::to_lower(c);
  return name;
}

std::string voice_of(const VoiceFamily* family, std::string_view configured, std::string_view wanted, const VoiceLanguages& spoken) {
  if (family == nullptr || is_certain(*family, wanted)) return std::string(family == nullptr ? configured : wanted);
  if (!configured.empty()) return std::string(configured);
  if (!wanted.empty() && fits(*family, wanted)) return std::string(wanted);  // The voice may be newer than the lists in the kind's folder.
  return family->nearest(wanted, !wanted.empty() && is_mans_voice(wanted), spoken);
}

}  // namespace

bool is_mans_voice(std::string_view voice) {
  const std::string name = given_name(voice);
  const auto kinds = provider_kinds();
  return std::any_of(kinds.begin(), kinds.end(), [&name](const Provider* kind) {
    return kind->voices != nullptr && std::find(kind->voices->men.begin(), kind->voices->men.end(), name) != kind->voices->men.end();
  });
}

std::string voice_for(const ProviderProfile& provider, std::string_view wanted, const VoiceLanguages& spoken) {
  return voice_of(provider.kind->voices, provider.voice, wanted, spoken);
}

std::string speech_voice_for(const ProviderProfile& provider, std::string_view wanted, const VoiceLanguages& spoken) {
  std::string voice = voice_for(provider, wanted, spoken);
  const VoiceFamily* family = provider.kind->voices;
  if (family == nullptr || family->instead == nullptr) return voice;
  std::string other = family->instead(voice, is_mans_voice(voice), spoken);
  return other.empty() ? voice : other;
}

std::string realtime_voice_for(const ProviderProfile& provider, std::string_view wanted, const VoiceLanguages& spoken) {
  const VoiceFamily* family = provider.kind->realtime_voices;
  if (family == nullptr) return voice_for(provider, wanted, spoken);
  return voice_of(family, fits(*family, provider.voice) ? provider.voice : "", wanted, spoken);
}

VoiceLanguages spoken_languages(const AgentProfile& profile) { return {profile.language, profile.languages}; }

VoiceNames voices_for(const ProviderProfile& provider, const AgentProfile& profile) {
  const VoiceLanguages spoken = spoken_languages(profile);
  return {speech_voice_for(provider, profile.voice, spoken), realtime_voice_for(provider, profile.voice, spoken)};
}

}  // namespace offhook::inline v0::agent
