#include <offhook/agent/providers/deepgram/flux_listener.hpp>

#include <utility>

namespace offhook::inline v0::agent::deepgram {

FluxListener::FluxListener(FluxOptions options, net::WebSocketClient& sockets, Wake wake)
    : SocketListener("the recogniser " + (options.model.empty() ? std::string("Flux") : options.model), options.sound, sockets, std::move(wake)),
      options_(std::move(options)) {}

net::WebSocketRequest FluxListener::request(const std::string& language) const {
  return socket_to(options_.server, "/v2/listen", flux_query(options_, language));
}

}  // namespace offhook::inline v0::agent::deepgram
