#pragma once

#include <offhook/agent/providers/deepgram/listen_options.hpp>
#include <offhook/agent/providers/transcription/socket_listener.hpp>

namespace offhook::inline v0::agent::deepgram {

/// Listens by /v1/listen over a WebSocket: most of a turn is transcribed before the turn is over. If the socket breaks during a turn,
/// the listener opens a new one at once; if it breaks between turns, when the next turn begins.
class LiveListener final : public SocketListener {
 public:
  /// `sockets` must outlive this object.
  LiveListener(ListenOptions options, net::WebSocketClient& sockets, Wake wake);

  [[nodiscard]] ModelAndVoice asked() const override { return {options_.model, {}}; }

 private:
  [[nodiscard]] net::WebSocketRequest request(const std::string& language) override;
  [[nodiscard]] RequestFailure failure_of(const net::WebSocketClosed& closed) const override { return deepgram::failure_of(whom(), closed); }
  void follow(const std::string& language) override { options_.followed.note(language); }

  ListenOptions options_;
};

}  // namespace offhook::inline v0::agent::deepgram
