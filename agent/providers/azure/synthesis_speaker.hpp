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
  std::string language;          ///< BCP 47; "": that of the call
  std::uint32_t rate_hz = 8000;  ///< of what comes: 8000, 16000 or 24000
  FollowedLanguage followed{};   ///< where there is no language
  /// Those of ours that many calls hear: said in the language that they are written in, whatever this caller was heard to speak.
  std::set<std::string, std::less<>> fixed_sentences{};

  /// The locale of those, in a call of that language, BCP 47.
  [[nodiscard]] std::string fixed_locale(std::string_view of_call) const;
  [[nodiscard]] std::string locale_of_text(std::string_view text, std::string_view of_call) const;
};

/// Speaks by Azure's synthesis over a WebSocket that is opened as the call begins and stays: no utterance waits for TCP and TLS. One
/// that breaks before an utterance has begun is opened again once, for it.
class SynthesisSpeaker final : public Speaker {
 public:
  /// `sockets` outlives this.
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
