#include <offhook/agent/providers/deepgram/flux_listener.hpp>

#include <optional>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

namespace {

std::optional<base::Duration> ends_within(const FluxOptions& options) {
  return options.own_end ? std::optional<base::Duration>(options.own_end->bounded().timeout) : std::nullopt;
}

}  // namespace

FluxListener::FluxListener(FluxOptions options, net::WebSocketClient& sockets, Wake wake)
    : SocketListener("the recogniser " + options.model, options.sound, options.followed, options.tell_use, sockets, std::move(wake), ends_within(options)),
      options_(std::move(options)) {}

net::WebSocketRequest FluxListener::request(const std::string&) const {  // The model and its hints determine the language.
  return socket_to(options_.server, "/v2/listen", flux_query(options_));
}

}  // namespace offhook::inline v0::agent::deepgram
