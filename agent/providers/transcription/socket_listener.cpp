#include <offhook/agent/providers/transcription/socket_listener.hpp>

#include <utility>

namespace offhook::inline v0::agent {

SocketListener::SocketListener(std::unique_ptr<TranscriptionProtocol> protocol, ReportUse report_use, net::WebSocketClient& sockets, Wake wake)
    : report_use_(std::move(report_use)), core_(std::move(protocol)), sockets_(sockets), wake_(std::move(wake)) {}

SocketListener::~SocketListener() {
  core_.close();
  carry_out();  // Send the end of the stream. The core requests no new socket here.
  report_use();
}

void SocketListener::open(const SessionContext& context) {
  language_ = context.language;
  core_.share_retries(context.retries);
  core_.connect(language_);
  carry_out();
}

void SocketListener::tick(base::TimePoint now) {
  core_.tick(now);
  carry_out();
}

void SocketListener::begin(std::uint32_t turn, std::string_view) {
  core_.begin(turn);
  carry_out();
}

void SocketListener::feed(std::span<const std::int16_t> pcm) {
  core_.feed(pcm);
  carry_out();
}

void SocketListener::end() {
  core_.end();
  told();
}

void SocketListener::abandon() {
  core_.abandon();
  carry_out();
  report_use();
}

std::optional<ListenEvent> SocketListener::poll() {
  auto event = core_.poll_event();
  if (!event) return event;
  if (!core_.heard_language().empty()) follow(core_.heard_language());
  report_use();
  return event;
}

void SocketListener::connect() {
  report_use();  // Report the use of the last socket now, because the next one may not open.
  net::WebSocketHandler handler;
  handler.on_open = [this] {
    core_.on_open();
    told();
  };
  handler.on_text = [this](std::string_view text) {
    core_.on_text(text);
    if (core_.traits().charge == TranscriptionTraits::Charge::Reported) report_use();
    told();
  };
  handler.on_binary = [this](std::string_view bytes) {
    core_.on_binary(bytes);
    told();
  };
  handler.on_closed = [this](const net::WebSocketClosed& closed) {
    core_.on_closed(failure_of(closed));
    told();
  };
  socket_ = sockets_.open(request(language_), std::move(handler));
}

/// A socket's handler may invoke this. carry_out() may replace or drop that socket, which then invokes no more handlers.
void SocketListener::told() {
  carry_out();
  if (wake_) wake_();
}

void SocketListener::carry_out() {
  while (const auto out = core_.poll_out()) {
    switch (out->what) {
      case SocketOut::What::Connect: connect(); break;
      case SocketOut::What::Drop: socket_.reset(); break;
      case SocketOut::What::Text: socket_->send_text(out->bytes); break;  // The socket holds it until it is open.
      case SocketOut::What::Binary: socket_->send_binary(out->bytes); break;
    }
  }
}

void SocketListener::report_use() {
  if (ServiceUse use = core_.take_use(); !use.is_nothing() && report_use_) report_use_(std::move(use));
}

}  // namespace offhook::inline v0::agent
