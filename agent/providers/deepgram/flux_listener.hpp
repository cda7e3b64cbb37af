#pragma once

#include <offhook/agent/providers/deepgram/flux_options.hpp>
#include <offhook/agent/providers/transcription/socket_listener.hpp>

namespace offhook::inline v0::agent::deepgram {

/// Listens by Flux (/v2/listen), a model made for conversations. Flux sends the words of the whole turn again each quarter of a second, and detects
/// the end of a turn. With `own_end` in the options, Flux ends turns, as FluxProtocol describes. Otherwise Offhook ends them by ForceEndTurn, which
/// Deepgram's cloud accepts. If another server refuses ForceEndTurn, each turn fails as Protocol.
class FluxListener final : public SocketListener {
 public:
  /// `sockets` must outlive this object.
  FluxListener(FluxOptions options, net::WebSocketClient& sockets, Wake wake);

  [[nodiscard]] ModelAndVoice asked() const override { return {options_.model, {}}; }

 private:
  [[nodiscard]] net::WebSocketRequest request(const std::string& language) override;
  [[nodiscard]] RequestFailure failure_of(const net::WebSocketClosed& closed) const override { return deepgram::failure_of(whom(), closed); }
  void follow(const std::string& language) override { options_.followed.note(language); }

  FluxOptions options_;
};

}  // namespace offhook::inline v0::agent::deepgram
