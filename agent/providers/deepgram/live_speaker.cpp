#include <offhook/agent/providers/deepgram/live_speaker.hpp>

#include <offhook/agent/conversation/voice_session.hpp>

#include <utility>

namespace offhook::inline v0::agent::deepgram {

LiveSpeaker::LiveSpeaker(SpeakOptions options, net::WebSocketClient& sockets, Wake wake)
    : options_(std::move(options)), sockets_(sockets), wake_(std::move(wake)), core_("the voice " + options_.model, options_.rate_hz) {}

LiveSpeaker::~LiveSpeaker() {
  core_.close();
  carry_out();
}

/// Opens a socket, unless speak() has already opened one.
void LiveSpeaker::open(const SessionContext& context) {
  core_.share_retries(context.retries);
  core_.open();
  carry_out();
}

void LiveSpeaker::connect() {
  net::WebSocketHandler handler;
  handler.on_open = [this] { core_.on_open(); };
  handler.on_text = [this](std::string_view text) {
    core_.on_text(text);
    told();
  };
  handler.on_binary = [this](std::string_view bytes) {
    core_.on_audio(bytes);
    told();
  };
  handler.on_closed = [this](const net::WebSocketClosed& closed) {
    core_.on_closed(failure_of("the voice " + options_.model, closed));
    told();
  };
  socket_ = sockets_.open(socket_to(options_.server, "/v1/speak", live_query(options_)), std::move(handler));
}

/// A socket's handler invokes this. carry_out() may replace or drop that socket, which then invokes no more handlers.
void LiveSpeaker::told() {
  carry_out();
  if (wake_) wake_();
}

void LiveSpeaker::carry_out() {
  while (const auto out = core_.poll_out()) {
    switch (out->what) {
      case SocketOut::What::Connect: connect(); break;
      case SocketOut::What::Drop: socket_.reset(); break;
      case SocketOut::What::Text: socket_->send_text(out->bytes); break;  // The socket holds it until it is open.
      case SocketOut::What::Binary: break;                                 // A speaker sends no audio.
    }
  }
}

void LiveSpeaker::tick(base::TimePoint now) {
  core_.tick(now);
  carry_out();
}

void LiveSpeaker::speak(std::uint32_t utterance, std::string_view text) {
  core_.speak(utterance, text);
  carry_out();
  if (wake_) wake_();
}

void LiveSpeaker::cancel() {
  core_.cancel();
  carry_out();
}

}  // namespace offhook::inline v0::agent::deepgram
