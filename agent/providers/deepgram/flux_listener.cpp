#include <offhook/agent/providers/deepgram/flux_listener.hpp>

#include <offhook/agent/providers/deepgram/flux_protocol.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

namespace {

std::unique_ptr<FluxProtocol> protocol_of(const FluxOptions& options) {
  const auto ends_within = options.own_end ? std::optional<base::Duration>(options.own_end->bounded().timeout) : std::nullopt;
  return std::make_unique<FluxProtocol>("the recogniser " + options.model, options.sound, ends_within);
}

}  // namespace

FluxListener::FluxListener(FluxOptions options, net::WebSocketClient& sockets, Wake wake)
    : SocketListener(protocol_of(options), options.report_use, sockets, std::move(wake)), options_(std::move(options)) {}

net::WebSocketRequest FluxListener::request(const std::string&) {  // The model and its hints determine the language.
  return socket_to(options_.server, "/v2/listen", flux_query(options_));
}

}  // namespace offhook::inline v0::agent::deepgram
