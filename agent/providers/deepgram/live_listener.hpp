#pragma once

#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/deepgram/listen_options.hpp>
#include <offhook/agent/providers/deepgram/live_transcription.hpp>

#include <memory>
#include <optional>

namespace offhook::inline v0::agent::deepgram {

/// Listens by /v1/listen over a WebSocket: most of a turn is understood before it is over. One socket a call, opened when the call
/// begins and kept while nobody speaks; one that broke is opened anew in mid-turn, or when the next turn begins.
class LiveListener final : public Listener {
 public:
  /// `sockets` outlives this.
  LiveListener(ListenOptions options, net::WebSocketClient& sockets, Wake wake);
  ~LiveListener() override;

  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return options_.sound.rate_hz; }
  void begin(std::uint32_t turn, std::string_view expect) override;
  void feed(std::span<const std::int16_t> pcm) override;
  void end() override;
  void abandon() override;
  [[nodiscard]] std::optional<ListenEvent> poll() override { return core_.poll_event(); }

  [[nodiscard]] const LiveTranscription::Counters& counters() const { return core_.counters(); }

 private:
  void connect();
  void carry_out();
  void told();

  ListenOptions options_;
  net::WebSocketClient& sockets_;
  Wake wake_;
  LiveTranscription core_;
  std::unique_ptr<net::WebSocket> socket_;
};

}  // namespace offhook::inline v0::agent::deepgram
