#include <offhook/agent/providers/deepgram/live_listener.hpp>

#include <offhook/agent/providers/deepgram/nova_protocol.hpp>

#include <memory>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

LiveListener::LiveListener(ListenOptions options, net::WebSocketClient& sockets, Wake wake)
    : SocketListener(std::make_unique<NovaProtocol>("the recogniser " + options.model, options.sound), options.report_use, sockets, std::move(wake)),
      options_(std::move(options)) {}

net::WebSocketRequest LiveListener::request(const std::string& language) {
  ListenOptions now = options_;
  if (now.language.empty()) now.language = language;
  return socket_to(now.server, "/v1/listen", live_query(now));
}

}  // namespace offhook::inline v0::agent::deepgram
