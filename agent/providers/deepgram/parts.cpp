#include <offhook/agent/providers/deepgram/parts.hpp>

#include <offhook/agent/providers/cached_voice.hpp>
#include <offhook/agent/providers/deepgram/agent_caller.hpp>
#include <offhook/agent/providers/deepgram/agent_session.hpp>
#include <offhook/agent/providers/deepgram/flux_end.hpp>
#include <offhook/agent/providers/deepgram/flux_listener.hpp>
#include <offhook/agent/providers/deepgram/http_services.hpp>
#include <offhook/agent/providers/deepgram/listen_choice.hpp>
#include <offhook/agent/providers/deepgram/live_listener.hpp>
#include <offhook/agent/providers/deepgram/live_speaker.hpp>
#include <offhook/agent/providers/deepgram/tuning.hpp>
#include <offhook/agent/providers/http_speaker.hpp>
#include <offhook/agent/providers/line_format.hpp>
#include <offhook/agent/providers/turn_listener.hpp>

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::deepgram {

namespace {

/// Interval between preparations: a socket accepts 20 utterances a minute.
constexpr base::Duration kPrepareEvery = std::chrono::milliseconds(3'500);

static_assert(kOwnEndMargin >= kOwnEndWait + AgentCaller::kTextWait, "the listener must give up before the conversation does: its failure names the reason");

Server server_of(const ProviderProfile& provider) {
  Server server;
  server.base_url = provider.base_url;
  server.key = provider.api_key;
  return server;
}

/// Returns the format of the caller's audio. G.711 is sent unchanged.
Sound sound_of(media::AudioCodec codec) {
  if (media::is_wide(codec)) return {Sound::Encoding::Linear16, 16000};
  return {codec == media::AudioCodec::Pcma ? Sound::Encoding::Alaw : Sound::Encoding::Mulaw, 8000};
}

ListenChoice choice_for(const PartNeeds& needs, const std::string& model) { return listen_choice(model, needs.profile->language, needs.profile->languages); }

/// Returns the choice for whole turns over HTTP, and for live listening without Flux: nova-3, unless another model is configured.
ListenChoice plain_choice(const PartNeeds& needs) {
  const std::string& model = needs.provider->models.transcription;
  return choice_for(needs, model.empty() || is_flux(model) ? "nova-3" : model);
}

FollowedLanguage followed_in(const PartNeeds& needs) { return {needs.profile->languages, needs.heard_language}; }

ListenOptions listening_of(const PartNeeds& needs) {
  const Tuning tuning = tuning_of(*needs.provider);
  ListenOptions options;
  options.server = server_of(*needs.provider);
  const ListenChoice choice = plain_choice(needs);
  options.model = choice.model;
  options.language = choice.language;
  options.sound = sound_of(needs.codec);
  options.keyterms = needs.profile->phrases;
  if (tuning.endpointing_ms) options.endpointing_ms = static_cast<int>(*tuning.endpointing_ms);
  options.smart_format = tuning.smart_format;
  options.numerals = tuning.numerals;
  options.mip_opt_out = tuning.mip_opt_out;
  options.tag = tuning.tag;
  options.followed = followed_in(needs);
  options.report_use = needs.report_use;
  return options;
}

std::optional<FluxEnd> own_end_of(const Tuning& tuning) {
  if (tuning.turn_end == Tuning::TurnEnd::Ours) return std::nullopt;
  FluxEnd end;
  end.threshold = static_cast<double>(tuning.eot_threshold_percent) / 100;
  if (tuning.eager_eot_threshold_percent > 0) end.eager_threshold = static_cast<double>(tuning.eager_eot_threshold_percent) / 100;
  end.timeout = std::chrono::milliseconds(tuning.eot_timeout_ms);
  return end;
}

std::optional<base::Duration> ends_turns(const AgentProfile& profile, const ProviderProfile& provider, bool talks) {
  const auto end = own_end_of(tuning_of(provider));
  const std::string& named = provider.models.transcription;
  const ListenChoice choice = listen_choice(talks && named.empty() ? AgentSettings{}.listen_model : named, profile.language, profile.languages);
  return end && is_flux(choice.model) ? std::optional<base::Duration>(end->timeout) : std::nullopt;
}

FluxOptions flux_of(const PartNeeds& needs, const ListenChoice& choice) {
  FluxOptions options;
  options.server = server_of(*needs.provider);
  options.model = choice.model;
  options.hints = choice.hints;
  options.sound = sound_of(needs.codec);
  options.keyterms = needs.profile->phrases;
  options.own_end = own_end_of(tuning_of(*needs.provider));
  options.mip_opt_out = tuning_of(*needs.provider).mip_opt_out;
  options.tag = tuning_of(*needs.provider).tag;
  options.followed = followed_in(needs);
  options.report_use = needs.report_use;
  return options;
}

std::unique_ptr<Listener> make_live_listener(const PartNeeds& needs, Wake wake) {
  if (const ListenChoice choice = choice_for(needs, needs.provider->models.transcription); is_flux(choice.model))
    return std::make_unique<FluxListener>(flux_of(needs, choice), needs.edges->sockets(needs.provider->ca_file), std::move(wake));
  return std::make_unique<LiveListener>(listening_of(needs), needs.edges->sockets(needs.provider->ca_file), std::move(wake));
}

std::unique_ptr<Listener> make_listener(const PartNeeds& needs, Wake wake) {
  TurnService service = turn_service(listening_of(needs));
  service.report_use = needs.report_use;
  return std::make_unique<TurnListener>(std::move(service), needs.edges->http(needs.provider->ca_file), std::move(wake));
}

SpeakOptions speech_of(const PartNeeds& needs) {
  SpeakOptions options;
  options.server = server_of(*needs.provider);
  options.model = needs.voices.speech;
  options.rate_hz = voice_rate_hz(needs, 24000);
  options.mip_opt_out = tuning_of(*needs.provider).mip_opt_out;
  return options;
}

std::string sound_in(const SpeakOptions& options) { return fmt::format("{} {}", options.model, options.rate_hz); }

std::unique_ptr<Speaker> make_speaker(const PartNeeds& needs, Wake wake) {
  const SpeakOptions options = speech_of(needs);
  // A call prepares no fixed sentences: a reply on the same socket would wait 100 ms or more until the preparation is cleared.
  const auto every = needs.is_rehearsal ? std::optional(kPrepareEvery) : std::nullopt;
  return cached_voice(needs, std::make_unique<LiveSpeaker>(options, needs.edges->sockets(needs.provider->ca_file), wake), sound_in(options), wake, every);
}

std::unique_ptr<Speaker> make_http_speaker(const PartNeeds& needs, Wake wake) {
  const SpeakOptions options = speech_of(needs);
  return cached_voice(needs, std::make_unique<HttpSpeaker>(speech_service(options), needs.edges->http(needs.provider->ca_file), wake), sound_in(options), wake, std::nullopt);
}

AgentSettings agent_of(const PartNeeds& needs) {
  const ProviderProfile& provider = *needs.provider;
  const Tuning tuning = tuning_of(provider);
  AgentSettings settings;
  settings.server = server_of(provider);
  settings.server.base_url = tuning.agent_url;
  settings.format = line_format(needs);
  if (!provider.models.transcription.empty()) settings.listen_model = provider.models.transcription;
  settings.languages = needs.profile->languages;
  settings.keyterms = needs.profile->phrases;
  settings.own_end = own_end_of(tuning);
  if (!tuning.thinks_by.empty()) settings.think_type = tuning.thinks_by;
  if (!provider.models.chat.empty()) settings.think_model = provider.models.chat;
  settings.voice = needs.voices.realtime;
  if (!tuning.tag.empty()) settings.tags = {tuning.tag};
  settings.mip_opt_out = tuning.mip_opt_out;
  return settings;
}

}  // namespace

const ProviderParts& parts() {
  static const ProviderParts made = [] {
    ProviderParts each;
    each.live_listener = make_live_listener;
    each.ends_turns = ends_turns;
    each.listener = make_listener;
    each.speaker = make_speaker;
    each.http_speaker = make_http_speaker;
    each.sound = [](const PartNeeds& needs) { return sound_in(speech_of(needs)); };
    each.realtime = [](const PartNeeds& needs, std::unique_ptr<Speaker> own_words, Wake wake) -> std::unique_ptr<VoiceSession> {
      return std::make_unique<AgentSession>(needs.edges->sockets(needs.provider->ca_file), agent_of(needs), std::move(own_words), std::move(wake), needs.report_use);
    };
    return each;
  }();
  return made;
}

}  // namespace offhook::inline v0::agent::deepgram
