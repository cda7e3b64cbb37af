#include <offhook/bench/load_caller.hpp>

#include <utility>

namespace offhook::bench {

namespace {
constexpr unsigned kPoliteFrames = 40;         // 800 ms of silence: the agent has finished its turn
constexpr unsigned kOverdueFrames = 50 * 5;    // after 5 s without an answer, the question counts as unanswered
constexpr unsigned kPatienceFrames = 50 * 12;  // after 12 s without an answer, the caller asks the next question
}  // namespace

void LoadCaller::poll() {
  media::HeardFrame frame;
  while (port_->heard.try_pop(frame)) on_frame(frame);
  media::MediaEvent event;
  while (port_->events.try_pop(event)) {
    if (event.kind != media::MediaEvent::Kind::UtteranceSent || event.utterance != playout_.utterance()) continue;
    speaking_ = heard_since_ = false;
    quiet_frames_ = 0;
    counted_ = false;
  }
  if (!speaking_ && ((heard_since_ && quiet_frames_ >= kPoliteFrames) || quiet_frames_ >= kPatienceFrames)) begin_line();
  if (speaking_) playout_.pump(lines_[current_].pcm, *port_);
}

void LoadCaller::on_frame(const media::HeardFrame& frame) {
  ++frames_;
  if (!frame.speech) {
    if (++quiet_frames_ == kOverdueFrames && !speaking_) count_asked();
    return;
  }
  if (!speaking_ && !heard_since_ && playout_.utterance() != 0) {
    count_asked();
    ++counts_[current_].answered;
  }
  if (!speaking_) heard_since_ = true;
  quiet_frames_ = 0;
}

void LoadCaller::count_asked() {
  if (!std::exchange(counted_, true)) ++counts_[current_].asked;
}

void LoadCaller::begin_line() {
  current_ = next_++ % lines_.size();
  speaking_ = true;
  playout_.begin();
}

}  // namespace offhook::bench
