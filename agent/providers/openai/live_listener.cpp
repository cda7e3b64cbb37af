#include <offhook/agent/providers/openai/live_listener.hpp>

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/openai/http_listener.hpp>
#include <offhook/agent/support/language_tag.hpp>

#include <utility>

namespace offhook::inline v0::agent::openai {

net::WebSocketRequest live_socket_request(const Server& server) {
  const net::HttpRequest http = request_to(server, "/realtime");
  net::WebSocketRequest request;
  request.url = http.url + (server.query.empty() ? "?" : "&") + "intent=transcription";
  if (request.url.starts_with("http")) request.url.replace(0, 4, "ws");
  request.headers = http.headers;
  request.connect_limit = server.connect_limit;
  request.max_message = realtime::kMaxFrame;
  return request;
}

LiveListener::LiveListener(LiveOptions options, net::WebSocketClient& sockets, Wake wake)
    : options_(std::move(options)), sockets_(sockets), wake_(std::move(wake)), core_(std::in_place, options_.shape) {}

LiveListener::~LiveListener() = default;

void LiveListener::open(const SessionContext& context) {
  if (options_.shape.language.empty() && !context.language.empty()) {
    options_.shape.language = primary_language(context.language);
    core_.emplace(options_.shape);
  }
  connect();
}

void LiveListener::connect() {
  gone_ = false;
  connected_at_.reset();
  core_->on_connecting();
  net::WebSocketHandler handler;
  handler.on_text = [this](std::string_view text) {
    core_->on_frame(text);
    if (ServiceUse use = core_->take_use(); !use.is_nothing() && options_.tell_use) options_.tell_use(std::move(use));
    flush();
    if (wake_) wake_();
  };
  handler.on_closed = [this](const net::WebSocketClosed& closed) { on_closed(closed); };
  socket_ = sockets_.open(live_socket_request(options_.server), std::move(handler));
  flush();  // The socket holds these frames until it is open.
}

void LiveListener::on_closed(const net::WebSocketClosed& closed) {
  gone_ = true;
  core_->on_closed(realtime::fault_of(closed));
  if (wake_) wake_();
}

void LiveListener::flush() {
  while (auto frame = core_->poll_frame()) {
    if (socket_ && !gone_) socket_->send_text(*frame);
  }
}

void LiveListener::tick(base::TimePoint now) {
  now_ = now;
  if (!connected_at_) connected_at_ = now;
}

std::uint32_t LiveListener::rate_hz() const { return agent::rate_hz(options_.shape.format); }

void LiveListener::begin(std::uint32_t turn, std::string_view) {
  core_->abandon();
  const bool is_old = connected_at_ && now_ - *connected_at_ >= kRenewAfter;
  if (!socket_ || gone_ || core_->is_spent() || is_old) {
    socket_.reset();
    connect();
  }
  core_->begin(turn);
  flush();
}

void LiveListener::feed(std::span<const std::int16_t> pcm) {
  core_->feed(pcm);
  flush();
}

void LiveListener::end() {
  core_->end();
  flush();
  if (wake_) wake_();
}

void LiveListener::abandon() {
  core_->abandon();
  flush();
}

std::optional<ListenEvent> LiveListener::poll() { return core_->poll_event(); }

}  // namespace offhook::inline v0::agent::openai
