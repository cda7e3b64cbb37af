#pragma once

#include <offhook/agent/conversation/actions.hpp>
#include <offhook/media/port/audio_port.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent {

/// Measures how long callers wait for the agent, in ticks of the media worker: from the caller's last voiced frame (or key) to the first
/// frame of the reply. The caller also waits for the jitter buffer and the network, which this time does not include.
class ResponseMeter {
 public:
  void on_turn(std::uint32_t turn, TurnInput::Kind kind);
  void on_speak(std::uint32_t utterance);
  /// Returns ReplyBegan once for each turn that gets a reply.
  [[nodiscard]] std::optional<ReplyBegan> on_media(const media::MediaEvent& event);

 private:
  std::uint32_t turn_ = 0;
  bool was_asked_ = false;                        // The caller said or pressed something in this turn.
  std::optional<std::uint32_t> first_utterance_;  // the first utterance of the reply to this turn
  bool waits_ = false;
  std::uint64_t last_voiced_ = 0, last_key_ = 0;  // ticks
  bool by_key_ = false;
};

}  // namespace offhook::inline v0::agent
