#pragma once

#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/followed_language.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// A listener that carries out the socket requests of a live transcription, one socket at a time. Opens the first socket when the call
/// begins, and keeps it open while the caller is silent. A derived class makes the request for a socket, and describes its failures.
class SocketListener : public Listener {
 public:
  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return core_.traits().sound.rate_hz; }
  void begin(std::uint32_t turn, std::string_view expect) override;
  void feed(std::span<const std::int16_t> pcm) override;
  void end() override;
  void abandon() override;
  [[nodiscard]] std::optional<ListenEvent> poll() override;
  [[nodiscard]] std::vector<Retry> take_retries() override { return core_.take_retries(); }

  [[nodiscard]] const LiveTranscription::Counters& counters() const { return core_.counters(); }

 protected:
  /// `report_use` gets the use of the service; it may be empty. `sockets` must outlive this object.
  SocketListener(std::unique_ptr<TranscriptionProtocol> protocol, ReportUse report_use, net::WebSocketClient& sockets, Wake wake);
  ~SocketListener() override;

  [[nodiscard]] const std::string& whom() const { return core_.traits().whom; }

 private:
  /// Returns the request for a socket. `language` is the language of the call.
  [[nodiscard]] virtual net::WebSocketRequest request(const std::string& language) = 0;
  [[nodiscard]] virtual RequestFailure failure_of(const net::WebSocketClosed& closed) const = 0;
  /// Gets the language that the service detected.
  virtual void follow(const std::string&) {}

  void connect();
  void told();
  void carry_out();
  void report_use();

  std::string language_;
  ReportUse report_use_;
  LiveTranscription core_;
  net::WebSocketClient& sockets_;
  Wake wake_;
  std::unique_ptr<net::WebSocket> socket_;
};

}  // namespace offhook::inline v0::agent
