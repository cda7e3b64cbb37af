#pragma once

#include <offhook/agent/providers/azure/languages.hpp>
#include <offhook/agent/providers/azure/server.hpp>
#include <offhook/agent/providers/turn_listener.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::azure {

struct ShortAudioOptions {
  Server server;
  std::string language;         ///< BCP 47; "" selects the language of the call
  FollowedLanguage followed{};  ///< used if no language is set: the language that RecognitionListener detected last, because short audio detects none
};

/// Returns the service for TurnListener that recognises a whole turn as short audio. If a turn is longer than a minute, the service gets only its
/// first minute.
[[nodiscard]] TurnService turn_service(const ShortAudioOptions& options);

/// Reads the service's answer to a turn: one JSON object, in the simple or the detailed form. Pure.
class ShortAudioAnswer final : public TurnAnswer {
 public:
  static constexpr std::size_t kMaxBody = 256U << 10U;  ///< maximum octets of the body

  void on_bytes(std::string_view bytes, std::vector<HeardEvent>& out) override;
  void on_end(std::vector<HeardEvent>& out) override;

 private:
  std::string body_;
  bool over_ = false;
};

}  // namespace offhook::inline v0::agent::azure
