#pragma once

#include <offhook/agent/providers/openai/live_protocol.hpp>
#include <offhook/agent/providers/openai/server.hpp>
#include <offhook/agent/providers/transcription/socket_listener.hpp>

#include <string>

namespace offhook::inline v0::agent::openai {

struct LiveOptions {
  Server server;
  LiveShape shape;  ///< `language` "" selects the language of the call
  ReportUse report_use{};
};

/// Listens by a Realtime session that only transcribes, over a WebSocket: most of a turn is transcribed before the turn is over.
/// Uses one socket for a call. If the socket has broken or is too old, the next turn opens a new one.
class LiveListener final : public SocketListener {
 public:
  /// `sockets` must outlive this object.
  LiveListener(LiveOptions options, net::WebSocketClient& sockets, Wake wake);

  [[nodiscard]] ModelAndVoice asked() const override { return {model_, {}}; }

 private:
  [[nodiscard]] net::WebSocketRequest request(const std::string& language) override;
  [[nodiscard]] RequestFailure failure_of(const net::WebSocketClosed& closed) const override;

  Server server_;
  std::string model_;
};

}  // namespace offhook::inline v0::agent::openai
