#include <offhook/agent/providers/openai/parts.hpp>

#include <offhook/agent/providers/cached_voice.hpp>
#include <offhook/agent/providers/chat/chat_thinker.hpp>
#include <offhook/agent/providers/line_format.hpp>
#include <offhook/agent/providers/openai/chat_server.hpp>
#include <offhook/agent/providers/openai/http_listener.hpp>
#include <offhook/agent/providers/openai/live_listener.hpp>
#include <offhook/agent/providers/openai/profile_options.hpp>
#include <offhook/agent/providers/openai/realtime_session.hpp>
#include <offhook/agent/providers/openai/speech_speaker.hpp>

#include <fmt/format.h>

namespace offhook::inline v0::agent::openai {

namespace {

std::unique_ptr<Listener> make_live_listener(const PartNeeds& needs, Wake wake) {
  LiveOptions options;
  options.server = server_of(*needs.provider, needs.provider->models.transcription);
  options.shape.model = needs.provider->models.transcription;
  options.shape.format = line_format(needs);
  options.report_use = needs.report_use;
  return std::make_unique<LiveListener>(std::move(options), needs.edges->sockets(needs.provider->ca_file), std::move(wake));
}

std::unique_ptr<Listener> make_listener(const PartNeeds& needs, Wake wake) {
  TranscriptionOptions options;
  options.server = server_of(*needs.provider, needs.provider->models.transcription);
  options.model = needs.provider->models.transcription;
  options.report_use = needs.report_use;
  return std::make_unique<HttpListener>(std::move(options), needs.edges->http(needs.provider->ca_file), std::move(wake));
}

std::unique_ptr<Thinker> make_thinker(const PartNeeds& needs, Wake wake) {
  const ProviderProfile& provider = *needs.provider;
  ChatServerOptions options;
  options.server = server_of(provider, provider.models.chat);
  options.api = provider.api == ChatApi::Responses ? ChatServerOptions::Api::Responses : ChatServerOptions::Api::Chat;
  options.model = model_options(provider);
  return std::make_unique<chat::ChatThinker>(std::make_unique<ChatServer>(std::move(options)), chat::ChatThinkerOptions{},
                                       needs.edges->http(provider.ca_file), std::move(wake));
}

SpeechOptions speech_of(const PartNeeds& needs) {
  SpeechOptions options;
  options.server = server_of(*needs.provider, needs.provider->models.speech);
  options.model = needs.provider->models.speech;
  if (!needs.voices.speech.empty()) options.voice = needs.voices.speech;
  return options;
}

std::string sound_in(const SpeechOptions& options) { return fmt::format("{} {} {}", options.model, options.voice, options.rate_hz); }

std::unique_ptr<Speaker> make_speaker(const PartNeeds& needs, Wake wake) {
  const SpeechOptions options = speech_of(needs);
  return cached_voice(needs, std::make_unique<SpeechSpeaker>(options, needs.edges->http(needs.provider->ca_file), wake), sound_in(options), wake);
}

realtime::RealtimeOptions realtime_of(const PartNeeds& needs) {
  realtime::RealtimeOptions options = realtime_options(*needs.provider);
  if (!needs.voices.realtime.empty()) options.voice = needs.voices.realtime;
  options.format = line_format(needs);
  return options;
}

}  // namespace

const ProviderParts& parts() {
  static const ProviderParts made = [] {
    ProviderParts each;
    each.live_listener = make_live_listener;
    each.listener = make_listener;
    each.thinker = make_thinker;
    each.speaker = make_speaker;
    each.sound = [](const PartNeeds& needs) { return sound_in(speech_of(needs)); };
    each.realtime = [](const PartNeeds& needs, std::unique_ptr<Speaker> own_words, Wake wake) -> std::unique_ptr<VoiceSession> {
      return std::make_unique<realtime::RealtimeSession>(needs.edges->sockets(needs.provider->ca_file), realtime_of(needs), std::move(own_words),
                                                         std::move(wake), needs.report_use, needs.report_failure);
    };
    return each;
  }();
  return made;
}

const ProviderParts& compatible_parts() {
  static const ProviderParts made = [] {
    ProviderParts each = parts();
    each.live_listener = nullptr;
    return each;
  }();
  return made;
}

}  // namespace offhook::inline v0::agent::openai
