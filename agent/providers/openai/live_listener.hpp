#pragma once

#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/openai/live_transcription.hpp>
#include <offhook/agent/providers/openai/server.hpp>
#include <offhook/base/time.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::openai {

struct LiveOptions {
  Server server;
  LiveShape shape;  ///< `language` "" selects that of the call
  TellUse tell_use{};
};

/// Listens by a Realtime session that only transcribes, over a WebSocket: most of a turn is transcribed before the turn is over.
/// Uses one socket for a call. If it broke, or is too old, the next turn opens a new one.
class LiveListener final : public Listener {
 public:
  static constexpr base::Duration kRenewAfter = std::chrono::minutes(50);  ///< age at which a session is replaced; the server ends it after 60 minutes

  /// `sockets` must outlive this object.
  LiveListener(LiveOptions options, net::WebSocketClient& sockets, Wake wake);
  ~LiveListener() override;

  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override;
  void begin(std::uint32_t turn, std::string_view expect) override;
  void feed(std::span<const std::int16_t> pcm) override;
  void end() override;
  void abandon() override;
  [[nodiscard]] std::optional<ListenEvent> poll() override;
  [[nodiscard]] ModelAndVoice asked() const override { return {options_.shape.model, {}}; }
  [[nodiscard]] std::vector<Retry> take_retries() override { return core_->take_retries(); }

  [[nodiscard]] const LiveTranscription::Counters& counters() const { return core_->counters(); }

 private:
  void connect();
  void flush();
  void on_closed(const net::WebSocketClosed& closed);

  LiveOptions options_;
  net::WebSocketClient& sockets_;
  Wake wake_;
  std::optional<LiveTranscription> core_;
  std::unique_ptr<net::WebSocket> socket_;
  bool gone_ = false;  // socket_ is closed; it is destroyed later, when none of its handlers runs
  std::optional<base::TimePoint> connected_at_;  // nullopt until the first tick() sets it
  base::TimePoint now_{};
};

[[nodiscard]] net::WebSocketRequest live_socket_request(const Server& server);

}  // namespace offhook::inline v0::agent::openai
