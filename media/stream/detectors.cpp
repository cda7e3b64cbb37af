#include <offhook/media/stream/detectors.hpp>

#include <offhook/base/prefetch.hpp>
#include <offhook/media/detect/call_progress_detector.hpp>
#include <offhook/media/dsp/level.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace offhook::inline v0::media {
namespace {

constexpr std::size_t kDetectorSamples = 160;       // the detector counts at 8000 Hz, even if the codec has another rate
SpeechOptions listening(const AudioPort& port) { return {.hangover = port.hangover}; }
// Speech over the agent's voice needs 100 ms of voice in 120 ms, so that a cough is not enough. Only audio that is not explained as an echo counts.
// The end of the speech must be reported before the conversation takes it for an interruption (240 ms after its start was reported). The hangover of
// a turn would always be too late. Once the agent is interrupted it does not speak any more, and the turn's hangover applies again.
constexpr SpeechOptions kBargeIn{.onset_window = 6, .onset_voiced = 5, .hangover = 6};

constexpr float kSurelyEcho = 0.5F;               // the value of EchoGuard::Path::likeness above which the received audio is our echo
constexpr std::uint32_t kPauseAfterSpeech = 75;  // ticks in which the conversation decides whether the agent continues; after them it continues

}  // namespace

Detectors::Detectors(StreamContext& context, Sender& sender) : context_(context), sender_(sender), speech_(listening(context.port)) {}

void Detectors::forget_audio() {
  dtmf_ = {};
  if (context_.port.progress_detector) context_.port.progress_detector->reset();
}

void Detectors::end_audio() {
  if (speech_.speaking()) context_.events.push(event_of(MediaEvent::Kind::SpeechStopped, context_.last_tick));
  speech_ = SpeechDetector(listening(context_.port));
  evidence_.reset();
  barge_in_options_ = voiced_ = echo_ = false;
}

inline void Detectors::judge_echo(std::span<const std::int16_t> pcm, const HeardVoice& voice, bool genuine) {
  auto* const guard = context_.chain->echo_guard.get();
  if (guard == nullptr) return;
  const auto verdict = voice.bands ? guard->on_heard(*voice.bands, genuine) : guard->on_heard(pcm, genuine);
  if (genuine) echo_ = verdict.echo;  // Concealed audio only repeats earlier audio.
}

void Detectors::hear(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice, rtp::Pull::Kind kind) {
  const bool genuine = kind == rtp::Pull::Kind::Frame, silent = kind == rtp::Pull::Kind::Silence;
  judge_echo(pcm, voice, genuine);
  if (silent) echo_ = false;
  voiced_ = voice.voiced && !echo_ && !silent;
  hear_tones(time, pcm);
  const auto measured = measure(pcm);
  context_.meter.on_heard(measured, voiced_, genuine);
  level_dbov_ = static_cast<std::int16_t>(std::lrint(power_dbov(measured.mean_square())));
}

// --- echo ------------------------------------------------------------------------------------------------------------------

void Detectors::measure_echo() {
  if (!context_.chain->echo_guard) return;
  const auto path = context_.chain->echo_guard->path();
  context_.meter.on_echo(path.likeness >= kSurelyEcho ? std::optional<float>(-path.coupling_db) : std::nullopt);
}

// --- digits and tones --------------------------------------------------------------------------------------------------------

void Detectors::hear_tones(const TickTime& time, std::span<const std::int16_t> pcm) {
  // A peer that sends digits as events (RFC 4733) may also send their tones: each digit would then count twice.
  const bool ours = sender_.may_echo_digit(time.tick);
  if (ours) dtmf_ = {};
  const auto& progress = context_.port.progress_detector;
  const bool digits = !context_.plan->receive_events && !ours;
  const bool line = progress && !progress->is_done();
  if (!digits && !line) return;
  std::array<std::int16_t, kDtmfFrame> narrow;
  context_.chain->to_narrow(pcm, narrow);
  if (digits) hear_digits(time, narrow);
  if (line) hear_line(time, narrow);
}

void Detectors::hear_line(const TickTime& time, std::span<const std::int16_t, kDtmfFrame> narrow) {
  for (const LineTone tone : context_.port.progress_detector->hear(narrow)) {
    auto event = event_of(MediaEvent::Kind::Tone, time);
    event.tone = tone;
    context_.events.push(event);
  }
}

void Detectors::hear_digits(const TickTime& time, std::span<const std::int16_t, kDtmfFrame> narrow) {
  dtmf_.hear(narrow);
  while (const auto digit = dtmf_.poll()) {
    if (digit->ended) report_digit(digit->digit, digit->duration_ms, time);
  }
}

void Detectors::report_digit(char digit, std::uint32_t duration_ms, const TickTime& time) {
  if (!digit_limit_.allows(time.tick)) return;
  auto event = event_of(MediaEvent::Kind::Digit, time);
  event.digit = digit;
  event.duration_ms = duration_ms;
  context_.events.push(event);
}

// --- speech ----------------------------------------------------------------------------------------------------------------

void Detectors::detect_speech(const TickTime& time) {
  Playout& playout = sender_.playout();
  if (playout.speaking() != barge_in_options_) {
    barge_in_options_ = playout.speaking();
    speech_.set_options(barge_in_options_ ? kBargeIn : listening(context_.port));
  }
  if (barge_in_options_) {
    evidence_.add(voiced_, level_dbov_);
  } else {
    evidence_.reset();
  }
  const auto event = speech_.process(voiced_, kDetectorSamples);
  if (event) report_speech(*event, time);
  // After a Rise the agent is not ducked, because the conversation has decided to speak over the caller.
  if (speech_.speaking() && playout.ducked() && evidence_.enough()) playout.pause();
}

void Detectors::report_speech(const SpeechDetector::Event& found, const TickTime& time) {
  const bool started = found.kind == SpeechDetector::Event::Kind::Started;
  const auto frames_ago = (speech_.position() - found.at_sample) / kDetectorSamples;
  const auto end = started ? time.tick + 1 : time.tick;
  if (!started) sender_.playout().limit_pause(kPauseAfterSpeech);
  else if (context_.port.gives_way) sender_.playout().duck();
  auto event = event_of(started ? MediaEvent::Kind::SpeechStarted : MediaEvent::Kind::SpeechStopped, time);
  event.at_tick = end - std::min(frames_ago, end);
  context_.events.push(event);
}

void Detectors::prefetch() const noexcept { base::prefetch_between(&dtmf_, this + 1); }

}  // namespace offhook::inline v0::media
