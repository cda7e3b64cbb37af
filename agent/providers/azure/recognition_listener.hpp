#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/azure/languages.hpp>
#include <offhook/agent/providers/azure/recognition.hpp>
#include <offhook/agent/providers/azure/server.hpp>
#include <offhook/agent/providers/azure/usp_socket.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::azure {

struct RecognitionOptions {
  Server server;
  std::uint32_t rate_hz = 8000;      ///< 8000 or 16000: the rate of the line
  std::string language;              ///< BCP 47; "" selects the language of the call
  std::vector<std::string> phrases;  ///< names and words that callers are likely to say
  FollowedLanguage followed{};       ///< used if no language is set; stores the detected language
  base::Duration final_within = std::chrono::seconds(2);  ///< wait after the end of a turn; then the last hypothesis is the text
  TellUse tell_use{};                ///< gets the audio of the turns that the service recognised
};

/// Listens by Azure's speech recognition over a WebSocket while the caller speaks. Opens one socket when the call begins. If the
/// socket breaks during a turn, a new one gets the audio that is not recognised yet. If it breaks between turns, a spare one is
/// opened; if that breaks too, the next turn opens one.
class RecognitionListener final : public Listener {
 public:
  /// `sockets` must outlive this object.
  RecognitionListener(RecognitionOptions options, net::WebSocketClient& sockets, Wake wake);
  ~RecognitionListener() override { tell_use(); }

  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return options_.rate_hz; }
  void begin(std::uint32_t turn, std::string_view expect) override;
  void feed(std::span<const std::int16_t> pcm) override;
  void end() override;
  void abandon() override;
  [[nodiscard]] std::optional<ListenEvent> poll() override;
  [[nodiscard]] std::vector<Retry> take_retries() override { return core_->take_retries(); }

  [[nodiscard]] const Recognition::Counters& counters() const { return core_->counters(); }

 private:
  [[nodiscard]] RecognitionShape shape() const;
  void tell_use();
  [[nodiscard]] net::WebSocketRequest make_request();

  RecognitionOptions options_;
  Wake wake_;
  base::SystemRandom random_;
  std::optional<Recognition> core_;
  UspSocket socket_;
  std::uint64_t untold_samples_ = 0;  // samples of the present turn whose use is not reported yet
};

}  // namespace offhook::inline v0::agent::azure
