#include <offhook/agent/providers/deepgram/live_listener.hpp>

#include <offhook/agent/conversation/voice_session.hpp>

#include <utility>

namespace offhook::inline v0::agent::deepgram {

LiveListener::LiveListener(ListenOptions options, net::WebSocketClient& sockets, Wake wake)
    : options_(std::move(options)), sockets_(sockets), wake_(std::move(wake)), core_("the recogniser " + options_.model, options_.sound) {}

LiveListener::~LiveListener() {
  core_.close();
  carry_out();
}

void LiveListener::open(const SessionContext& context) {
  if (options_.language.empty()) options_.language = context.language;
  core_.connect();
  carry_out();
}

void LiveListener::connect() {
  net::WebSocketHandler handler;
  handler.on_open = [this] {
    core_.on_open();
    told();
  };
  handler.on_text = [this](std::string_view text) {
    core_.on_frame(text);
    told();
  };
  handler.on_closed = [this](const net::WebSocketClosed& closed) {
    core_.on_closed(failure_of("the recogniser " + options_.model, closed));
    told();
  };
  socket_ = sockets_.open(socket_to(options_.server, "/v1/listen", live_query(options_)), std::move(handler));
}

/// Comes from within a socket's handler: that socket may be replaced or dropped here, and is silent from then on.
void LiveListener::told() {
  carry_out();
  if (wake_) wake_();
}

void LiveListener::carry_out() {
  while (const auto out = core_.poll_out()) {
    switch (out->what) {
      case SocketOut::What::Connect: connect(); break;
      case SocketOut::What::Drop: socket_.reset(); break;
      case SocketOut::What::Text: socket_->send_text(out->bytes); break;  // It waits in the socket until that is open.
      case SocketOut::What::Audio: socket_->send_binary(out->bytes); break;
    }
  }
}

void LiveListener::tick(base::TimePoint now) {
  core_.tick(now);
  carry_out();
}

void LiveListener::begin(std::uint32_t turn, std::string_view) {
  core_.begin(turn);
  carry_out();
}

void LiveListener::feed(std::span<const std::int16_t> pcm) {
  core_.feed(pcm);
  carry_out();
}

void LiveListener::end() {
  core_.end();
  carry_out();
  if (wake_) wake_();
}

void LiveListener::abandon() {
  core_.abandon();
  carry_out();
}

}  // namespace offhook::inline v0::agent::deepgram
