#include <offhook/agent/providers/azure/parts.hpp>

#include <offhook/agent/providers/azure/http_voice.hpp>
#include <offhook/agent/providers/azure/recognition_listener.hpp>
#include <offhook/agent/providers/azure/short_audio.hpp>
#include <offhook/agent/providers/azure/speech_resource.hpp>
#include <offhook/agent/providers/azure/synthesis_speaker.hpp>
#include <offhook/agent/providers/cached_voice.hpp>
#include <offhook/agent/providers/http_speaker.hpp>
#include <offhook/agent/providers/openai/parts.hpp>
#include <offhook/agent/providers/openai/provider.hpp>
#include <offhook/agent/providers/turn_listener.hpp>

#include <fmt/format.h>

namespace offhook::inline v0::agent::azure {

namespace {

FollowedLanguage followed_in(const PartNeeds& needs) { return {needs.profile->languages, needs.heard_language}; }

/// Returns the sample rate of the telephone line. A higher rate would be useless, because the line carries no higher frequencies.
std::uint32_t rate_of(const PartNeeds& needs) { return media::is_wide(needs.codec) ? 16000 : 8000; }

std::unique_ptr<Listener> make_live_listener(const PartNeeds& needs, Wake wake) {
  RecognitionOptions options;
  options.server = server_of(*needs.provider);
  options.rate_hz = rate_of(needs);
  options.phrases = needs.profile->phrases;
  options.followed = followed_in(needs);
  options.report_use = needs.report_use;
  return std::make_unique<RecognitionListener>(std::move(options), needs.edges->sockets(needs.provider->ca_file), std::move(wake));
}

std::unique_ptr<Listener> make_listener(const PartNeeds& needs, Wake wake) {
  TurnService service = turn_service({server_of(*needs.provider), "", followed_in(needs)});
  service.report_use = needs.report_use;
  return std::make_unique<TurnListener>(std::move(service), needs.edges->http(needs.provider->ca_file), std::move(wake));
}

SynthesisOptions synthesis_of(const PartNeeds& needs) {
  SynthesisOptions options;
  options.server = server_of(*needs.provider);
  options.voice = needs.voices.speech;
  options.language = needs.profile->language;
  options.followed = followed_in(needs);
  options.fixed_sentences.insert(needs.fixed_sentences.begin(), needs.fixed_sentences.end());
  options.rate_hz = voice_rate_hz(needs, 16000);
  return options;
}

std::string sound_in(const SynthesisOptions& options) { return fmt::format("{} {} {}", options.voice, options.fixed_locale({}), options.rate_hz); }

/// Returns a part of a sound's key in the cache. It contains the service's address, because a reload of the configuration may change that.
std::string address_and_sound(const SynthesisOptions& options) { return options.server.endpoint + options.server.region + ' ' + sound_in(options); }

std::unique_ptr<Speaker> make_speaker(const PartNeeds& needs, const Wake& wake) {
  const SynthesisOptions options = synthesis_of(needs);
  return cached_voice(needs, std::make_unique<SynthesisSpeaker>(options, needs.edges->sockets(needs.provider->ca_file), wake), address_and_sound(options), wake);
}

std::unique_ptr<Speaker> make_http_speaker(const PartNeeds& needs, const Wake& wake) {
  const SynthesisOptions options = synthesis_of(needs);
  return cached_voice(needs, std::make_unique<HttpSpeaker>(speech_service(options), needs.edges->http(needs.provider->ca_file), wake), address_and_sound(options), wake, std::nullopt);
}

PartNeeds with_models(PartNeeds needs) {
  needs.provider = std::make_shared<ProviderProfile>(models_of(*needs.provider));
  return needs;
}

}  // namespace

ProviderProfile models_of(const ProviderProfile& provider) {
  ProviderProfile models = provider;
  models.kind = &openai::kAzureOpenAi;
  models.deployment = provider.models.realtime;
  return models;
}

const ProviderParts& parts() {
  static const ProviderParts made = [] {
    ProviderParts each;
    each.live_listener = make_live_listener;
    each.listener = make_listener;
    each.thinker = [](const PartNeeds& needs, Wake wake) { return openai::compatible_parts().thinker(with_models(needs), std::move(wake)); };
    each.speaker = make_speaker;
    each.http_speaker = make_http_speaker;
    each.sound = [](const PartNeeds& needs) { return sound_in(synthesis_of(needs)); };
    each.realtime = [](const PartNeeds& needs, std::unique_ptr<Speaker> own_words, Wake wake) {
      return openai::compatible_parts().realtime(with_models(needs), std::move(own_words), std::move(wake));
    };
    return each;
  }();
  return made;
}

}  // namespace offhook::inline v0::agent::azure
