#include <offhook/bench/echo_trial.hpp>

#include <offhook/media/detect/echo_guard.hpp>
#include <offhook/media/detect/voice_activity.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>

#include <algorithm>

namespace offhook::bench {

namespace {

constexpr std::size_t kFrame = EchoLine::kFrame, kSecond = 8000;
constexpr double kLevelDbov = -26, kOnsetDb = 20;
constexpr std::size_t kCallers = 60;

/// Decides whether received audio is speech while the agent speaks, as a media stream does.
class Listener {
 public:
  /// Returns true if speech starts in this tick.
  bool tick(const EchoLine::Heard& heard) {
    if (heard.moved != 0) guard_.shift(heard.moved);
    const auto verdict = guard_.on_heard(heard.pcm, heard.genuine);
    if (heard.genuine) echo_ = verdict.echo;
    const auto event = speech_.process(voice_.process(heard.pcm) && !echo_, kFrame);
    return event && event->kind == media::SpeechDetector::Event::Kind::Started;
  }
  void on_sent(std::span<const std::int16_t> ours) { guard_.on_sent(ours); }
  void begin_anew() { speech_.reset(); }

 private:
  media::EchoGuard guard_{8000};
  media::VoiceActivity voice_{8000};
  media::SpeechDetector speech_{{.onset_window = 6, .onset_voiced = 5, .hangover = 6}};  // media/stream/detectors.cpp has the same values.
  bool echo_ = false;
};

/// Callers that speak one after another. Each caller speaks for one second, and then a pause of two to three seconds follows.
class CallersInTurn {
 public:
  explicit CallersInTurn(const std::vector<Pcm>& callers) : callers_(&callers) {}
  [[nodiscard]] bool over() const { return caller_ == callers_->size(); }
  [[nodiscard]] bool begins() const { return tick_ == begin_; }
  [[nodiscard]] bool speaks() const { return tick_ >= begin_; }
  /// Returns the time in ms from the onset of the voice to the end of this tick.
  [[nodiscard]] double elapsed_ms() const { return static_cast<double>((tick_ + 1 - begin_) * kFrame - lead()) / 8; }
  [[nodiscard]] EchoLine::Frame frame() const {
    EchoLine::Frame frame{};
    const Pcm& voice = (*callers_)[caller_];
    for (std::size_t i = 0; speaks() && i < kFrame; ++i) {
      const std::size_t at = (tick_ - begin_) * kFrame + i;
      if (at >= lead() && at - lead() < std::min(voice.size(), kSecond)) frame[i] = voice[at - lead()];
    }
    return frame;
  }
  void next() {
    ++tick_;
    if (tick_ < begin_ + kSecond / kFrame) return;
    ++caller_;
    begin_ = tick_ + 100 + caller_ * 17 % 50;
  }

 private:
  [[nodiscard]] std::size_t lead() const { return caller_ * 37 % kFrame; }  // A voice does not start at the start of a tick.
  const std::vector<Pcm>* callers_;
  std::size_t caller_ = 0, tick_ = 0, begin_ = 400;
};

}  // namespace

EchoVoices synthetic_voices(double seconds) {
  EchoVoices voices{offhook_test::SyntheticVoice(8000, 1, 200).speak(seconds), {}};
  set_level(voices.ours, kLevelDbov);
  for (std::size_t i = 0; i < kCallers; ++i) {
    const auto seed = static_cast<std::uint32_t>(100 + i);
    voices.callers.push_back(from_onset(offhook_test::SyntheticVoice(8000, seed, 90 + 2 * static_cast<double>(i)).speak(1.2), kOnsetDb));
    set_level(voices.callers.back(), kLevelDbov);
  }
  return voices;
}

EchoVoices human_voices(double seconds) {
  EchoVoices voices;
  const auto said = recordings(400);
  if (said.empty()) return voices;
  const auto wanted = static_cast<std::size_t>(seconds * kSecond);
  for (std::size_t i = 0; voices.ours.size() < wanted; i += 7) {
    Pcm piece = said[i % said.size()];
    set_level(piece, kLevelDbov);
    voices.ours.insert(voices.ours.end(), piece.begin(), piece.end());
  }
  voices.ours.resize(wanted);
  for (std::size_t i = 0; i < kCallers; ++i) {
    voices.callers.push_back(from_onset(said[(i * 5 + 3) % said.size()], kOnsetDb));
    set_level(voices.callers.back(), kLevelDbov);
  }
  return voices;
}

std::vector<double> false_barge_ins(const EchoLineOptions& options, const Pcm& ours) {
  EchoLine line(options);
  Listener listener;
  std::vector<double> times;
  for (std::size_t at = 0; at + kFrame <= ours.size(); at += kFrame) {
    if (listener.tick(line.hear({}))) times.push_back(static_cast<double>(at) / kSecond);
    line.send(std::span(ours).subspan(at, kFrame));
    listener.on_sent(std::span(ours).subspan(at, kFrame));
  }
  return times;
}

BargeIns barge_ins(const EchoLineOptions& options, const EchoVoices& voices) {
  EchoLine line(options);
  Listener listener;
  BargeIns result;
  result.callers = voices.callers.size();
  CallersInTurn callers(voices.callers);
  bool found = false;
  for (std::size_t tick = 0; !callers.over(); ++tick, callers.next()) {
    if (callers.begins()) {
      listener.begin_anew();
      found = false;
    }
    const bool started = listener.tick(line.hear(callers.frame()));
    if (started && callers.speaks() && !found) {
      result.found_ms.push_back(callers.elapsed_ms());
      found = true;
    }
    const auto ours = std::span(voices.ours).subspan(tick * kFrame % (voices.ours.size() / kFrame * kFrame), kFrame);
    line.send(ours);
    listener.on_sent(ours);
  }
  std::sort(result.found_ms.begin(), result.found_ms.end());
  return result;
}

double BargeIns::quantile(double share) const {
  const auto at = static_cast<std::size_t>(share * static_cast<double>(callers));
  return at < found_ms.size() ? found_ms[at] : 1000;
}

double BargeIns::share_within(double ms) const {
  const auto within = std::upper_bound(found_ms.begin(), found_ms.end(), ms) - found_ms.begin();
  return static_cast<double>(within) / static_cast<double>(std::max<std::size_t>(callers, 1));
}

}  // namespace offhook::bench
