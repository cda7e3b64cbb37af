#pragma once

#include <offhook/agent/providers/deepgram/flux_options.hpp>
#include <offhook/agent/providers/deepgram/flux_transcription.hpp>
#include <offhook/agent/providers/deepgram/socket_listener.hpp>

namespace offhook::inline v0::agent::deepgram {

/// Listens by Flux (/v2/listen): a model made for conversations, which tells the whole turn anew each quarter of a second and knows when
/// one ends. With `own_end` in its options it ends turns, as FluxTranscription describes. Its ForceEndTurn is in Deepgram's own cloud; a server of one's own may refuse it, and then every turn fails as Protocol.
class FluxListener final : public SocketListener<FluxTranscription> {
 public:
  /// `sockets` outlives this.
  FluxListener(FluxOptions options, net::WebSocketClient& sockets, Wake wake);

  [[nodiscard]] std::uint32_t rate_hz() const override { return options_.sound.rate_hz; }

 private:
  [[nodiscard]] net::WebSocketRequest request(const std::string& language) const override;

  FluxOptions options_;
};

}  // namespace offhook::inline v0::agent::deepgram
