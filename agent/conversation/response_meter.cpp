#include <offhook/agent/conversation/response_meter.hpp>

namespace offhook::inline v0::agent {

namespace {

constexpr std::int64_t kTickMs = 20;

}  // namespace

void ResponseMeter::on_turn(std::uint32_t turn, TurnInput::Kind kind) {
  turn_ = turn;
  by_key_ = kind == TurnInput::Kind::Digits;
  was_asked_ = by_key_ || kind == TurnInput::Kind::Speech;
  first_utterance_.reset();
  waits_ = true;
}

void ResponseMeter::on_speak(std::uint32_t utterance) {
  if (waits_ && !first_utterance_) first_utterance_ = utterance;
}

std::optional<ReplyBegan> ResponseMeter::on_media(const media::MediaEvent& event) {
  using Kind = media::MediaEvent::Kind;
  if (event.kind == Kind::SpeechStopped) last_voiced_ = event.at_tick;
  if (event.kind == Kind::Digit) last_key_ = event.at_tick;
  const bool first = event.kind == Kind::Sent && waits_ && first_utterance_ && event.utterance >= *first_utterance_;
  if (!first) return std::nullopt;
  waits_ = false;
  ReplyBegan began{turn_, std::nullopt};
  const std::uint64_t since = by_key_ ? last_key_ : last_voiced_;
  if (was_asked_ && since > 0 && event.at_tick >= since)
    began.response = std::chrono::milliseconds(kTickMs * static_cast<std::int64_t>(event.at_tick - since));
  return began;
}

}  // namespace offhook::inline v0::agent
