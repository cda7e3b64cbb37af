#include <offhook/tests/agent/calls/virtual_line.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace offhook::inline v0::agent::test {

namespace {

constexpr unsigned kOnsetTicks = 3;            // As in the worker's detector: 60 ms of voice start an utterance,
constexpr std::uint64_t kHangoverTicks = 10;   // and 200 ms of silence end it.
constexpr int kAudible = 300;                  // sample value, full scale 32768

std::shared_ptr<media::AudioPort> port_of(std::uint32_t rate_hz) {
  auto port = std::make_shared<media::AudioPort>();
  port->rate_hz = rate_hz;
  return port;
}

}  // namespace

VirtualLine::VirtualLine(std::uint32_t rate_hz) : VirtualLine(port_of(rate_hz)) {}

VirtualLine::VirtualLine(std::shared_ptr<media::AudioPort> port) : port_(std::move(port)), outbox_(*port_), playout_(*port_, outbox_) {}

void VirtualLine::press(char digit) { emit(media::MediaEvent::Kind::Digit, tick_, digit); }

void VirtualLine::sound(media::LineTone tone) {
  media::MediaEvent event;
  event.kind = media::MediaEvent::Kind::Tone;
  event.tone = tone;
  event.tick = event.at_tick = tick_;
  outbox_.push(event);
}

void VirtualLine::emit(media::MediaEvent::Kind kind, std::uint64_t at_tick, char digit) {
  media::MediaEvent event;
  event.kind = kind;
  event.digit = digit;
  event.tick = tick_;
  event.at_tick = at_tick;
  outbox_.push(event);
}

void VirtualLine::tick(base::TimePoint now) {
  now_ = now;
  ++tick_;
  outbox_.retry();
  apply();
  hear();
  play();
}

void VirtualLine::hear() {
  const bool voiced = caller_speaks();
  media::HeardFrame frame;
  frame.tick = tick_;
  frame.samples = static_cast<std::uint16_t>(port_->frame_samples());
  frame.speech = voiced;
  for (std::size_t i = 0; voiced && i < frame.samples; ++i) {
    frame.pcm[i] = static_cast<std::int16_t>(8000 * std::sin(2 * 3.14159265 * 220 * static_cast<double>(phase_++) / port_->rate_hz));
  }
  (void)port_->heard.try_push(frame);
  detect(voiced);
}

void VirtualLine::detect(bool voiced) {
  if (voiced) {
    caller_spoke_ = now_;
    last_voiced_ = tick_;
    if (++voiced_in_a_row_ == 1) first_voiced_ = tick_;
    if (voiced_in_a_row_ < kOnsetTicks || speech_) return;
    speech_ = true;
    playout_.duck();
    return emit(media::MediaEvent::Kind::SpeechStarted, first_voiced_);
  }
  voiced_in_a_row_ = 0;
  if (!speech_ || tick_ - last_voiced_ < kHangoverTicks) return;
  speech_ = false;
  emit(media::MediaEvent::Kind::SpeechStopped, last_voiced_);
}

void VirtualLine::apply() {
  media::PlayoutCommand command;
  while (port_->commands.try_pop(command)) {
    switch (command.kind) {
      case media::PlayoutCommand::Kind::Flush: playout_.flush(command.utterance, tick_); break;
      case media::PlayoutCommand::Kind::Rise: playout_.rise(); break;
      case media::PlayoutCommand::Kind::Digits: break;
    }
  }
}

void VirtualLine::play() {
  std::array<std::int16_t, media::kMaxFrameSamples> room{};
  const auto out = playout_.pull(tick_, tick_, std::span(room).first(port_->frame_samples()));
  // Most frames are silent. memcmp() compares them without the sanitizers' check of each sample.
  const bool is_silent = out[0] == 0 && std::memcmp(out.data(), out.data() + 1, out.size_bytes() - sizeof out[0]) == 0;
  agent_speaks_ = !is_silent && std::any_of(out.begin(), out.end(), [](std::int16_t sample) { return std::abs(sample) > kAudible; });
  if (!agent_speaks_) return;
  agent_spoke_ = now_;
  ++voiced_ticks_;
}

}  // namespace offhook::inline v0::agent::test
