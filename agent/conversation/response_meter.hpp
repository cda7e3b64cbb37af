#pragma once

#include <offhook/agent/conversation/actions.hpp>
#include <offhook/media/audio_port.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent {

/// How long callers wait for us, in ticks of the media worker: from their last voiced frame (or key) to the first frame of the
/// reply. The jitter buffer and the network come on top of that: what callers hear is measured at their end.
class ResponseMeter {
 public:
  void on_turn(std::uint32_t turn, TurnInput::Kind kind);
  void on_speak(std::uint32_t utterance);
  /// ReplyBegan, once for each turn that is replied to.
  [[nodiscard]] std::optional<ReplyBegan> on_media(const media::MediaEvent& event);

 private:
  std::uint32_t turn_ = 0;
  bool was_asked_ = false;                        // The caller said or pressed something in this turn.
  std::optional<std::uint32_t> first_utterance_;  // of the reply to it
  bool waits_ = false;
  std::uint64_t last_voiced_ = 0, last_key_ = 0;  // ticks
  bool by_key_ = false;
};

}  // namespace offhook::inline v0::agent
