#pragma once

#include <offhook/agent/providers/turn_listener.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// Reads the answer to POST /v1/listen, which is one JSON object. Uses only the first alternative of the first channel. Pure.
class WholeTurnAnswer final : public TurnAnswer {
 public:
  static constexpr std::size_t kMaxBody = 2U << 20U;   ///< longest body, in octets; it contains the times of each word in two minutes of speech
  static constexpr std::size_t kMaxText = 16U << 10U;  ///< longest transcript, in octets: two minutes of speech

  void on_bytes(std::string_view bytes, std::vector<HeardEvent>& out) override;
  void on_end(std::vector<HeardEvent>& out) override;

 private:
  std::string body_;
  bool over_ = false;
};

}  // namespace offhook::inline v0::agent::deepgram
