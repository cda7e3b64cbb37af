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
  std::string language;         ///< BCP 47; "": that of the call
  FollowedLanguage followed{};  ///< where there is none: this way detects nothing, and takes what was heard last
};

/// Listening to a whole turn by recognition for short audio, for TurnListener: of a turn longer than a minute the first one.
[[nodiscard]] TurnService turn_service(const ShortAudioOptions& options);

/// What it answers: one JSON object, simple or detailed. Pure.
class ShortAudioAnswer final : public TurnAnswer {
 public:
  static constexpr std::size_t kMaxBody = 256U << 10U;  ///< octets

  void on_bytes(std::string_view bytes, std::vector<HeardEvent>& out) override;
  void on_end(std::vector<HeardEvent>& out) override;

 private:
  std::string body_;
  bool over_ = false;
};

}  // namespace offhook::inline v0::agent::azure
