#pragma once

#include <offhook/agent/providers/cached_speaker.hpp>
#include <offhook/agent/providers/provider_parts.hpp>

#include <memory>
#include <string>

namespace offhook::inline v0::agent {

/// `speaker` behind the cache of fixed sentences. `voice`: what its sound depends on besides the provider's name and the rate.
inline std::unique_ptr<Speaker> cached_voice(const PartNeeds& needs, std::unique_ptr<Speaker> speaker, const std::string& voice, Wake wake) {
  const std::string kind_of_sound = needs.provider->name + ' ' + voice + ' ' + std::to_string(speaker->rate_hz());
  auto cached = std::make_unique<CachedSpeaker>(std::move(speaker), needs.speech_cache, kind_of_sound, std::move(wake));
  for (const std::string& sentence : needs.fixed_sentences) cached->prepare(sentence);
  return cached;
}

}  // namespace offhook::inline v0::agent
