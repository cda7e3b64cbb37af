#include <offhook/agent/providers/azure/synthesis_speaker.hpp>

#include <offhook/agent/conversation/voice_session.hpp>

#include <utility>

namespace offhook::inline v0::agent::azure {

namespace {
constexpr std::string_view kSynthesisPath = "/tts/cognitiveservices/websocket/v1";
}  // namespace

std::string SynthesisOptions::fixed_locale(std::string_view of_call) const {
  return spoken_locale(language, of_call, {followed.candidates, nullptr}, voice);
}

std::string SynthesisOptions::locale_of_text(std::string_view text, std::string_view of_call) const {
  return fixed_sentences.contains(text) ? fixed_locale(of_call) : spoken_locale(language, of_call, followed, voice);
}

SynthesisSpeaker::SynthesisSpeaker(SynthesisOptions options, net::WebSocketClient& sockets, Wake wake)
    : options_(std::move(options)),
      wake_(std::move(wake)),
      core_(std::in_place, SynthesisShape{{options_.fixed_locale({}), options_.voice}, options_.rate_hz}, random_),
      socket_({kAzureVoice, [this] { return make_request(); }, wake_}, *core_, sockets) {}

net::WebSocketRequest SynthesisSpeaker::make_request() { return socket_to(options_.server, Service::Synthesis, kSynthesisPath, make_usp_id(random_)); }

void SynthesisSpeaker::open(const SessionContext& context) {
  if (options_.language.empty()) options_.language = context.language;
  core_->share_retries(context.retries);
  socket_.connect();
}

void SynthesisSpeaker::tick(base::TimePoint now) {
  core_->on_time(now);
  socket_.carry_out();
}

void SynthesisSpeaker::speak(std::uint32_t utterance, std::string_view text) {
  core_->set_language(options_.locale_of_text(text, {}));
  core_->speak(utterance, text);
  socket_.carry_out();
  if (wake_) wake_();
}

void SynthesisSpeaker::cancel() {
  core_->cancel();
  socket_.carry_out();
}

}  // namespace offhook::inline v0::agent::azure
