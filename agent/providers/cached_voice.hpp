#pragma once

#include <offhook/agent/providers/cached_speaker.hpp>
#include <offhook/agent/providers/metered_speaker.hpp>
#include <offhook/agent/providers/provider_parts.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::agent {

/// Returns the sample rate of speech for all of an agent's calls, whatever their codec, so that a sentence is cached only once:
/// `wide` if the profile allows a wideband codec, otherwise 8000.
[[nodiscard]] inline std::uint32_t voice_rate_hz(const PartNeeds& needs, std::uint32_t wide) {
  const auto& codecs = needs.profile->codecs;
  return std::any_of(codecs.begin(), codecs.end(), [](media::AudioCodec codec) { return media::is_wide(codec); }) ? wide : 8000;
}

/// Returns a speaker that speaks through `speaker`, counts its characters and caches the fixed sentences. `sound` is the text of ProviderParts::sound, and
/// the address if it is not the base URL. `every` is the shortest interval between two preparations, for a server that limits the requests per minute;
/// nullopt: fixed sentences are not prepared, but cached at their first use. Speaker::prepare() prepares a tool's question in both cases.
inline std::unique_ptr<Speaker> cached_voice(const PartNeeds& needs, std::unique_ptr<Speaker> speaker, const std::string& sound, Wake wake,
                                             std::optional<base::Duration> every = base::Duration::zero()) {
  // The key also contains the address, because a reload of the configuration may change it.
  const std::string kind_of_sound = needs.provider->name + ' ' + needs.provider->base_url + ' ' + sound;
  auto metered = std::make_unique<MeteredSpeaker>(std::move(speaker), needs.report_use, needs.is_rehearsal ? needs.report_failure : ReportFailure{});
  auto cached = std::make_unique<CachedSpeaker>(std::move(metered), needs.speech_cache, kind_of_sound, std::move(wake), every.value_or(base::Duration::zero()));
  for (const std::string& sentence : needs.fixed_sentences) cached->add_fixed(sentence, every.has_value());
  return cached;
}

}  // namespace offhook::inline v0::agent
