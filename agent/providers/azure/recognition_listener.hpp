#pragma once

#include <offhook/agent/providers/azure/languages.hpp>
#include <offhook/agent/providers/azure/recognition_protocol.hpp>
#include <offhook/agent/providers/azure/server.hpp>
#include <offhook/agent/providers/azure/socket_fault.hpp>
#include <offhook/agent/providers/transcription/socket_listener.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::azure {

struct RecognitionOptions {
  Server server;
  std::uint32_t rate_hz = 8000;      ///< 8000 or 16000: the rate of the line
  std::string language;              ///< BCP 47; "" selects the language of the call
  std::vector<std::string> phrases;  ///< names and words that callers are likely to say
  FollowedLanguage followed{};       ///< used if no language is set; stores the detected language
  base::Duration final_within = std::chrono::seconds(2);  ///< longest wait for the text after a turn; after it, the last hypothesis is the text
  ReportUse report_use{};                ///< gets the audio of the turns that the service recognised
};

/// Listens by Azure's speech recognition over a WebSocket while the caller speaks. Opens one socket when the call begins. If the socket breaks during
/// a turn, the listener opens a new one, and sends it the audio that is not recognised yet. If it breaks between turns, the listener opens a spare
/// socket in advance. If the spare socket breaks too, the listener opens the next socket when a turn begins.
class RecognitionListener final : public SocketListener {
 public:
  /// `sockets` must outlive this object.
  RecognitionListener(RecognitionOptions options, net::WebSocketClient& sockets, Wake wake);

 private:
  [[nodiscard]] net::WebSocketRequest request(const std::string& language) override;
  [[nodiscard]] RequestFailure failure_of(const net::WebSocketClosed& closed) const override { return fault_of(whom(), closed); }
  void follow(const std::string& language) override;

  RecognitionOptions options_;
  base::SystemRandom random_;
};

}  // namespace offhook::inline v0::agent::azure
