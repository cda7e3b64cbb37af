#include <offhook/agent/providers/deepgram/flux_listener.hpp>

#include <utility>

namespace offhook::inline v0::agent::deepgram {

FluxListener::FluxListener(FluxOptions options, net::WebSocketClient& sockets, Wake wake)
    : SocketListener("the recogniser " + options.model, options.sound, options.followed, sockets, std::move(wake)),
      options_(std::move(options)) {}

net::WebSocketRequest FluxListener::request(const std::string&) const {  // The language is in the model and its hints.
  return socket_to(options_.server, "/v2/listen", flux_query(options_));
}

}  // namespace offhook::inline v0::agent::deepgram
