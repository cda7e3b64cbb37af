#include <offhook/agent/demo/scripted_caller.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::demo {

namespace {
constexpr std::size_t kFrame = 320;            // 20 ms at 16 kHz
constexpr unsigned kPoliteFrames = 40;         // 800 ms of silence: the agent has finished
constexpr unsigned kPatienceFrames = 50 * 10;  // 10 s without an answer: the caller says the next line
constexpr std::size_t kMaxRecordedSeconds = 180;
}  // namespace

ScriptedCaller::ScriptedCaller(std::vector<Line> lines, std::shared_ptr<media::AudioPort> port) : lines_(std::move(lines)), port_(std::move(port)) {
  port_->gives_way = false;
}

void ScriptedCaller::on_connected() {
  connected_ = report_.connected = true;
}

void ScriptedCaller::on_ended(std::string by) {
  ended_ = true;
  report_.ended_by = std::move(by);
}

void ScriptedCaller::poll() {
  media::HeardFrame frame;
  while (port_->heard.try_pop(frame)) on_frame(frame);
  media::MediaEvent event;
  while (port_->events.try_pop(event)) on_event(event);
  if (!connected_ || ended_) return;
  if (may_speak()) begin_line();
  pump();
}

void ScriptedCaller::on_frame(const media::HeardFrame& frame) {
  if (!connected_) return;
  if (!origin_tick_) origin_tick_ = frame.tick;
  const std::size_t at = static_cast<std::size_t>(frame.tick - *origin_tick_) * kFrame;
  if (at + kFrame > kMaxRecordedSeconds * report_.recording.rate_hz) return;
  auto& heard = report_.recording.heard;
  if (heard.size() < at + kFrame) heard.resize(at + kFrame);
  std::copy_n(frame.pcm.begin(), std::min<std::size_t>(frame.samples, kFrame), heard.begin() + static_cast<std::ptrdiff_t>(at));
  if (frame.speech) {
    heard_since_ = true;
    quiet_frames_ = 0;
  } else {
    ++quiet_frames_;
  }
}

void ScriptedCaller::on_event(const media::MediaEvent& event) {
  if (event.kind == media::MediaEvent::Kind::Sent && event.word == 0 && event.utterance == playout_.utterance() && origin_tick_) {
    // The line is sent from this tick on, frame by frame. Therefore this tick is the line's place in the recording.
    const std::size_t begin = static_cast<std::size_t>(event.tick - *origin_tick_) * kFrame;
    const Line& line = lines_[next_line_ - 1];
    auto& sent = report_.recording.sent;
    if (begin + line.pcm.size() > kMaxRecordedSeconds * report_.recording.rate_hz) return;
    if (sent.size() < begin + line.pcm.size()) sent.resize(begin + line.pcm.size());
    std::copy(line.pcm.begin(), line.pcm.end(), sent.begin() + static_cast<std::ptrdiff_t>(begin));
    report_.lines.back().begin = begin;
    report_.lines.back().end = begin + line.pcm.size();
  } else if (event.kind == media::MediaEvent::Kind::UtteranceSent && event.utterance == playout_.utterance()) {
    speaking_ = false;
    heard_since_ = false;
    quiet_frames_ = 0;
  }
}

bool ScriptedCaller::may_speak() const {
  if (speaking_ || next_line_ == lines_.size()) return false;
  return (heard_since_ && quiet_frames_ >= kPoliteFrames) || quiet_frames_ >= kPatienceFrames;
}

void ScriptedCaller::begin_line() {
  const Line& line = lines_[next_line_++];
  speaking_ = true;
  playout_.begin();
  report_.lines.push_back({line.text, 0, 0, {}});
  if (on_line) on_line(line.text);
}

void ScriptedCaller::pump() {
  if (speaking_ && next_line_ != 0) playout_.pump(lines_[next_line_ - 1].pcm, *port_);
}

bool ScriptedCaller::done() const {
  return next_line_ == lines_.size() && !speaking_ && ((heard_since_ && quiet_frames_ >= kPoliteFrames) || quiet_frames_ >= kPatienceFrames);
}

CallReport ScriptedCaller::report() const {
  CallReport report = report_;
  Recording& recording = report.recording;
  const std::size_t length = std::max(recording.sent.size(), recording.heard.size());
  recording.sent.resize(length);
  recording.heard.resize(length);
  for (std::size_t i = 0; i < report.lines.size(); ++i) {
    AskedLine& line = report.lines[i];
    const std::size_t until = i + 1 < report.lines.size() ? report.lines[i + 1].begin : length;
    line.response_ms = response_ms(recording, line.begin, line.end, until);
  }
  if (const auto first = first_voiced(recording.heard, recording.rate_hz, 0, length)) {
    report.greeting_ms = static_cast<double>(*first) * 1000.0 / recording.rate_hz;
  }
  return report;
}

}  // namespace offhook::inline v0::agent::demo
