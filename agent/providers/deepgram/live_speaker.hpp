#pragma once

#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/deepgram/speak_options.hpp>
#include <offhook/agent/providers/deepgram/speech_stream.hpp>

#include <memory>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// Speaks by /v1/speak over a WebSocket. The first octets come sooner than over HTTP, and the server stops a cancelled utterance too.
/// Uses one socket for a call, which it opens when the call begins.
class LiveSpeaker final : public Speaker {
 public:
  /// `sockets` must outlive this object.
  LiveSpeaker(SpeakOptions options, net::WebSocketClient& sockets, Wake wake);
  ~LiveSpeaker() override;

  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return options_.rate_hz; }
  void speak(std::uint32_t utterance, std::string_view text) override;
  void cancel() override;
  [[nodiscard]] std::optional<SpeakEvent> poll() override { return core_.poll_event(); }
  [[nodiscard]] ModelAndVoice asked() const override { return {{}, options_.model}; }
  [[nodiscard]] std::vector<Retry> take_retries() override { return core_.take_retries(); }

  [[nodiscard]] const SpeechStream::Counters& counters() const { return core_.counters(); }

 private:
  void connect();
  void carry_out();
  void told();

  SpeakOptions options_;
  net::WebSocketClient& sockets_;
  Wake wake_;
  SpeechStream core_;
  std::unique_ptr<net::WebSocket> socket_;
};

}  // namespace offhook::inline v0::agent::deepgram
