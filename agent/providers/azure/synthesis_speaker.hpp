#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/azure/languages.hpp>
#include <offhook/agent/providers/azure/server.hpp>
#include <offhook/agent/providers/azure/synthesis.hpp>
#include <offhook/agent/providers/azure/usp_socket.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::azure {

struct SynthesisOptions {
  Server server;
  std::string voice = "en-US-JennyNeural";
  std::string language;          ///< BCP 47; "" selects the language of the call
  std::uint32_t rate_hz = 8000;  ///< sample rate of the audio: 8000, 16000 or 24000
  FollowedLanguage followed{};   ///< used if no language is set
  /// Sentences that many calls share. They are spoken in the language in which they are written, whatever language this caller
  /// speaks.
  std::set<std::string, std::less<>> fixed_sentences{};

  /// Returns the locale of the fixed sentences in a call with the language `of_call` (BCP 47).
  [[nodiscard]] std::string fixed_locale(std::string_view of_call) const;
  [[nodiscard]] std::string locale_of_text(std::string_view text, std::string_view of_call) const;
};

/// Speaks by Azure's speech synthesis over a WebSocket. The socket opens when the call begins and stays open, so that no utterance waits for TCP and
/// TLS. If the socket breaks before an utterance has begun, the speaker opens a new socket once for that utterance.
class SynthesisSpeaker final : public Speaker {
 public:
  /// `sockets` must outlive this object.
  SynthesisSpeaker(SynthesisOptions options, net::WebSocketClient& sockets, Wake wake);

  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return options_.rate_hz; }
  void speak(std::uint32_t utterance, std::string_view text) override;
  void cancel() override;
  [[nodiscard]] std::optional<SpeakEvent> poll() override { return core_->poll_event(); }
  [[nodiscard]] ModelAndVoice asked() const override { return {{}, options_.voice}; }
  [[nodiscard]] std::vector<Retry> take_retries() override { return core_->take_retries(); }

  [[nodiscard]] const Synthesis::Counters& counters() const { return core_->counters(); }

 private:
  [[nodiscard]] net::WebSocketRequest make_request();

  SynthesisOptions options_;
  Wake wake_;
  base::SystemRandom random_;
  std::optional<Synthesis> core_;
  UspSocket socket_;
};

}  // namespace offhook::inline v0::agent::azure
