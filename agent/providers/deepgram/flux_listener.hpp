#pragma once

#include <offhook/agent/providers/deepgram/flux_options.hpp>
#include <offhook/agent/providers/deepgram/flux_transcription.hpp>
#include <offhook/agent/providers/deepgram/socket_listener.hpp>

namespace offhook::inline v0::agent::deepgram {

/// Listens by Flux (/v2/listen): a model made for conversations, which tells the whole turn anew each quarter of a second and knows when
/// one ends. With `own_end` in its options Flux ends turns, as FluxTranscription describes. Else Offhook ends them by
/// ForceEndTurn, which Deepgram's cloud takes. Another server may refuse it, and then each turn fails as Protocol.
class FluxListener final : public SocketListener<FluxTranscription> {
 public:
  /// `sockets` outlives this.
  FluxListener(FluxOptions options, net::WebSocketClient& sockets, Wake wake);

  [[nodiscard]] std::uint32_t rate_hz() const override { return options_.sound.rate_hz; }
  [[nodiscard]] ModelAndVoice asked() const override { return {options_.model, {}}; }

 private:
  [[nodiscard]] net::WebSocketRequest request(const std::string& language) const override;

  FluxOptions options_;
};

}  // namespace offhook::inline v0::agent::deepgram
