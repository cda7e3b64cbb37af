#include <offhook/tests/caller/step_caller.hpp>

#include <algorithm>
#include <charconv>

namespace offhook::caller {

namespace {

constexpr std::size_t kFrame = 320;        // 20 ms at 16 kHz
constexpr unsigned kPoliteFrames = 40;     // 800 ms of silence: the other side has finished its turn
constexpr unsigned kPauseFrames = 10;      // 200 ms: the longest pause between two words of one speech
constexpr std::uint32_t kMaxWaitMs = 30000;
constexpr std::size_t kMaxRecordedSeconds = 600;
constexpr std::size_t kQuietSamples = 16000 * 300 / 1000;

std::uint32_t number(std::string_view text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::optional<Step> parse_step(std::string_view written) {
  const auto colon = written.find(':');
  const std::string_view name = written.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? std::string_view() : written.substr(colon + 1);
  if (name == "wait") return Step{Step::What::Wait, {}, number(rest)};
  if (name == "silence") return Step{Step::What::Silence, {}, number(rest)};
  if (name == "hangup") return Step{Step::What::HangUp, {}, 0};
  if (name == "say") return Step{Step::What::Say, std::string(rest), 0};
  if (name == "press") return Step{Step::What::Press, std::string(rest), 0};
  if (name == "interrupt" && rest.find(':') != std::string_view::npos) {
    return Step{Step::What::Interrupt, std::string(rest.substr(rest.find(':') + 1)), number(rest)};
  }
  return std::nullopt;
}

StepCaller::StepCaller(std::vector<Step> steps, std::vector<agent::demo::Line> lines) : steps_(std::move(steps)), lines_(std::move(lines)) {
  port_->gives_way = false;
}

void StepCaller::poll() {
  media::HeardFrame frame;
  while (port_->heard.try_pop(frame)) on_frame(frame);
  media::MediaEvent event;
  while (port_->events.try_pop(event)) on_event(event);
  if (!connected_ || !origin_tick_) return;
  while (at_ < steps_.size()) {
    if (!begun_step_) begin_step();
    if (!step_is_over()) break;
    ++at_;
    begun_step_ = false;
  }
  pump();
}

void StepCaller::on_frame(const media::HeardFrame& frame) {
  if (!connected_) return;
  if (!origin_tick_) origin_tick_ = frame.tick;
  frames_ = frame.tick - *origin_tick_ + 1;
  const std::size_t at = static_cast<std::size_t>(frame.tick - *origin_tick_) * kFrame;
  if (at + kFrame > kMaxRecordedSeconds * recording_.rate_hz) return;
  auto& heard = recording_.heard;
  if (heard.size() < at + kFrame) heard.resize(at + kFrame);
  std::copy_n(frame.pcm.begin(), std::min<std::size_t>(frame.samples, kFrame), heard.begin() + static_cast<std::ptrdiff_t>(at));
  quiet_frames_ = frame.speech ? 0 : quiet_frames_ + 1;
  // A pause of at most kPauseFrames separates words within one speech.
  voiced_frames_ = frame.speech || (voiced_frames_ > 0 && quiet_frames_ <= kPauseFrames) ? voiced_frames_ + 1 : 0;
  heard_since_ = heard_since_ || frame.speech;
}

void StepCaller::on_event(const media::MediaEvent& event) {
  if (event.kind == media::MediaEvent::Kind::Digit) heard_digits_ += event.digit;
  if (event.utterance != playout_.utterance() || !origin_tick_) return;
  if (event.kind == media::MediaEvent::Kind::Sent && event.word == 0) {
    // From this tick on, the engine sends the sentence frame by frame. Therefore the tick gives the position of the sentence in the recording.
    const std::size_t begin = static_cast<std::size_t>(event.tick - *origin_tick_) * kFrame;
    const auto& pcm = lines_[next_line_ - 1].pcm;
    if (begin + pcm.size() > kMaxRecordedSeconds * recording_.rate_hz) return;
    if (recording_.sent.size() < begin + pcm.size()) recording_.sent.resize(begin + pcm.size());
    std::copy(pcm.begin(), pcm.end(), recording_.sent.begin() + static_cast<std::ptrdiff_t>(begin));
    spoken_.push_back({at_, begin, begin + pcm.size()});
  } else if (event.kind == media::MediaEvent::Kind::UtteranceSent) {
    speaking_ = heard_since_ = false;
    quiet_frames_ = 0;
  }
}

void StepCaller::begin_step() {
  begun_step_ = true;
  step_began_ = frames_;
  begun_.push_back(frames_);
  const Step& step = steps_[at_];
  if (step.what == Step::What::Say) begin_line();
  if (step.what == Step::What::HangUp) hangs_up_ = true;
  if (step.what == Step::What::Press) {
    for (const char key : step.text) (void)port_->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, key});
    heard_since_ = false;
  }
}

bool StepCaller::step_is_over() {
  const Step& step = steps_[at_];
  const std::uint64_t passed_ms = (frames_ - step_began_) * 20;
  switch (step.what) {
    case Step::What::Wait: return (heard_since_ && quiet_frames_ >= kPoliteFrames) || passed_ms >= (step.ms != 0 ? step.ms : kMaxWaitMs);
    case Step::What::Silence: return passed_ms >= step.ms;
    case Step::What::Say: return !speaking_;
    case Step::What::Interrupt:
      if (next_line_ < lines_.size() && playout_.utterance() == next_line_ && !speaking_ && voiced_frames_ * 20 >= step.ms) begin_line();
      return passed_ms >= kMaxWaitMs || (!speaking_ && !spoken_.empty() && spoken_.back().step == at_);
    case Step::What::Press: return true;
    case Step::What::HangUp: return true;
  }
  return true;
}

void StepCaller::begin_line() {
  ++next_line_;
  playout_.begin();
  speaking_ = true;
}

void StepCaller::pump() {
  if (speaking_ && next_line_ != 0) playout_.pump(lines_[next_line_ - 1].pcm, *port_);
}

agent::demo::Recording StepCaller::recording() const {
  auto whole = recording_;
  const std::size_t length = std::max(whole.sent.size(), whole.heard.size());
  whole.sent.resize(length);
  whole.heard.resize(length);
  return whole;
}

std::optional<double> StepCaller::greeting_ms() const {
  const auto first = agent::demo::first_voiced(recording_.heard, recording_.rate_hz, 0, recording_.heard.size());
  if (!first) return std::nullopt;
  return static_cast<double>(*first) * 1000.0 / recording_.rate_hz;
}

std::vector<Done> StepCaller::report() const {
  const auto whole = recording();
  std::vector<Done> all;
  for (std::size_t i = 0; i < begun_.size(); ++i) {
    Done done;
    done.step = steps_[i].text;
    done.at_ms = static_cast<double>(begun_[i]) * 20;
    const auto spoken = std::find_if(spoken_.begin(), spoken_.end(), [i](const Spoken& s) { return s.step == i; });
    if (spoken != spoken_.end() && steps_[i].what == Step::What::Say) {
      const auto next = std::next(spoken);
      done.response_ms = agent::demo::response_ms(whole, spoken->begin, spoken->end, next == spoken_.end() ? whole.heard.size() : next->begin);
    }
    if (spoken != spoken_.end() && steps_[i].what == Step::What::Interrupt) {
      const auto began = agent::demo::first_voiced(whole.sent, whole.rate_hz, spoken->begin, spoken->end);
      std::size_t last = began.value_or(spoken->begin);
      for (auto next = agent::demo::first_voiced(whole.heard, whole.rate_hz, last, last + kQuietSamples); next;
           next = agent::demo::first_voiced(whole.heard, whole.rate_hz, last, last + kQuietSamples)) {
        last = std::max(*next, last) + whole.rate_hz / 200;
      }
      if (began) done.silenced_ms = static_cast<double>(last - *began) * 1000.0 / whole.rate_hz;
    }
    all.push_back(std::move(done));
  }
  return all;
}

}  // namespace offhook::caller
