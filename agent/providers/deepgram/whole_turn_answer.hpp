#pragma once

#include <offhook/agent/providers/turn_listener.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// What POST /v1/listen answers: one JSON object, of which the first channel's first alternative is read. Pure.
class WholeTurnAnswer final : public TurnAnswer {
 public:
  static constexpr std::size_t kMaxBody = 2U << 20U;   ///< octets: every word of two minutes has its times with it
  static constexpr std::size_t kMaxText = 16U << 10U;  ///< octets: two minutes of anybody's speech

  void on_bytes(std::string_view bytes, std::vector<HeardEvent>& out) override;
  void on_end(std::vector<HeardEvent>& out) override;

 private:
  std::string body_;
  bool over_ = false;
};

}  // namespace offhook::inline v0::agent::deepgram
