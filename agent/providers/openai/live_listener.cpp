#include <offhook/agent/providers/openai/live_listener.hpp>

#include <offhook/agent/support/url_text.hpp>

#include <memory>
#include <utility>

namespace offhook::inline v0::agent::openai {

LiveListener::LiveListener(LiveOptions options, net::WebSocketClient& sockets, Wake wake)
    : SocketListener(std::make_unique<LiveProtocol>(options.shape), options.report_use, sockets, std::move(wake)),
      server_(std::move(options.server)),
      model_(std::move(options.shape.model)) {}

net::WebSocketRequest LiveListener::request(const std::string&) {
  const net::HttpRequest http = request_to(server_, "/realtime");
  net::WebSocketRequest request;
  request.url = socket_url(http.url) + (server_.query.empty() ? "?" : "&") + "intent=transcription";
  request.headers = http.headers;
  request.connect_limit = server_.connect_limit;
  request.max_message = realtime::kMaxFrame;
  return request;
}

RequestFailure LiveListener::failure_of(const net::WebSocketClosed& closed) const {
  realtime::Fault fault = realtime::fault_of(closed);
  return {fault.kind, std::move(fault.why), std::nullopt};
}

}  // namespace offhook::inline v0::agent::openai
