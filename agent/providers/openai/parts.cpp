#include <offhook/agent/providers/openai/parts.hpp>

#include <offhook/agent/providers/cached_speaker.hpp>
#include <offhook/agent/providers/chat/chat_thinker.hpp>
#include <offhook/agent/providers/openai/chat_server.hpp>
#include <offhook/agent/providers/openai/http_listener.hpp>
#include <offhook/agent/providers/openai/live_listener.hpp>
#include <offhook/agent/providers/openai/profile_options.hpp>
#include <offhook/agent/providers/openai/realtime_session.hpp>
#include <offhook/agent/providers/openai/speech_speaker.hpp>

namespace offhook::inline v0::agent::openai {

namespace {

std::string voice_of(const PartNeeds& needs, const std::string& usual) {
  const std::string& voice = needs.profile->voice;
  return voice.empty() || voice == "slt" || voice == "rms" ? usual : voice;  // Those two are the embedded speaker's.
}

/// Telephone sound goes as it is; of a wide band the server gets all there is.
AudioFormat format_of(const PartNeeds& needs) {
  if (needs.port_rate_hz != 8000) return AudioFormat::Pcm24k;
  return needs.codec == media::AudioCodec::Pcma ? AudioFormat::Pcma : AudioFormat::Pcmu;
}

std::unique_ptr<Listener> make_live_listener(const PartNeeds& needs, Wake wake) {
  LiveOptions options;
  options.server = server_of(*needs.provider);
  options.shape.model = needs.provider->models.transcription;
  options.shape.format = format_of(needs);
  return std::make_unique<LiveListener>(std::move(options), needs.edges->sockets(needs.provider->ca_file), std::move(wake));
}

std::unique_ptr<Listener> make_listener(const PartNeeds& needs, Wake wake) {
  TranscriptionOptions options;
  options.server = server_of(*needs.provider);
  options.model = needs.provider->models.transcription;
  return std::make_unique<HttpListener>(std::move(options), needs.edges->http(needs.provider->ca_file), std::move(wake));
}

std::unique_ptr<Thinker> make_thinker(const PartNeeds& needs, Wake wake) {
  const ProviderProfile& provider = *needs.provider;
  ChatServerOptions options;
  options.server = server_of(provider);
  options.api = provider.api == ChatApi::Responses ? ChatServerOptions::Api::Responses : ChatServerOptions::Api::Chat;
  options.model = model_options(provider);
  return std::make_unique<chat::ChatThinker>(std::make_unique<ChatServer>(std::move(options)), chat::ChatThinkerOptions{},
                                       needs.edges->http(provider.ca_file), std::move(wake));
}

std::unique_ptr<Speaker> make_speaker(const PartNeeds& needs, Wake wake) {
  SpeechOptions options;
  options.server = server_of(*needs.provider);
  options.model = needs.provider->models.speech;
  options.voice = voice_of(needs, options.voice);
  const std::string kind_of_sound = needs.provider->name + ' ' + options.model + ' ' + options.voice;
  auto speaker = std::make_unique<SpeechSpeaker>(std::move(options), needs.edges->http(needs.provider->ca_file), wake);
  auto cached = std::make_unique<CachedSpeaker>(std::move(speaker), needs.speech_cache, kind_of_sound, std::move(wake));
  for (const std::string& sentence : needs.fixed_sentences) cached->prepare(sentence);
  return cached;
}

realtime::RealtimeOptions realtime_of(const PartNeeds& needs) {
  realtime::RealtimeOptions options = realtime_options(*needs.provider);
  options.voice = voice_of(needs, options.voice);
  options.format = format_of(needs);
  return options;
}

}  // namespace

ProviderParts parts() {
  ProviderParts made;
  made.live_listener = make_live_listener;
  made.listener = make_listener;
  made.thinker = make_thinker;
  made.speaker = make_speaker;
  made.realtime = [](const PartNeeds& needs, std::unique_ptr<Speaker> own_words, Wake wake) -> std::unique_ptr<VoiceSession> {
    return std::make_unique<realtime::RealtimeSession>(needs.edges->sockets(needs.provider->ca_file), realtime_of(needs), std::move(own_words),
                                                       std::move(wake));
  };
  return made;
}

}  // namespace offhook::inline v0::agent::openai
