#pragma once

#include <offhook/agent/providers/cached_speaker.hpp>
#include <offhook/agent/providers/metered_speaker.hpp>
#include <offhook/agent/providers/provider_parts.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::agent {

/// The rate at which all of an agent's calls are spoken to, whatever their codec, so that sentences are cached once: `wide` where some may be of a wide one.
[[nodiscard]] inline std::uint32_t voice_rate_hz(const PartNeeds& needs, std::uint32_t wide) {
  const auto& codecs = needs.profile->codecs;
  return std::any_of(codecs.begin(), codecs.end(), [](media::AudioCodec codec) { return media::is_wide(codec); }) ? wide : 8000;
}

/// `speaker`, whose characters are counted, behind the cache of fixed sentences. `sound`: as ProviderParts has it. `every`: between
/// two sentences that are prepared, where a server takes only so many a minute; nothing: fixed sentences are kept as they are said, and none of
/// them is prepared. Speaker::prepare() prepares a tool's question in either case.
inline std::unique_ptr<Speaker> cached_voice(const PartNeeds& needs, std::unique_ptr<Speaker> speaker, const std::string& sound, Wake wake,
                                             std::optional<base::Duration> every = base::Duration::zero()) {
  const ProviderProfile& provider = *needs.provider;  // By its place, too: a reload may have moved it.
  const std::string kind_of_sound = provider.name + ' ' + provider.base_url + ' ' + provider.speech.url + provider.speech.region + ' ' + sound;
  auto metered = std::make_unique<MeteredSpeaker>(std::move(speaker), needs.tell_use, needs.is_rehearsal ? needs.tell_failure : TellFailure{});
  auto cached = std::make_unique<CachedSpeaker>(std::move(metered), needs.speech_cache, kind_of_sound, std::move(wake), every.value_or(base::Duration::zero()));
  for (const std::string& sentence : needs.fixed_sentences) cached->add_fixed(sentence, every.has_value());
  return cached;
}

}  // namespace offhook::inline v0::agent
