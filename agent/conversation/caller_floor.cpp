#include <offhook/agent/conversation/caller_floor.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

using base::TimePoint;

namespace {

std::string join(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return a + b;
  return a + ' ' + b;
}

}  // namespace

bool CallerFloor::on_speech_started(MediaTime at, TimePoint now) {
  const bool goes_on = is_recognising();
  const auto step = turn_.on_speech_started(at);
  if (step != CallerTurn::Step::None) voice_at_ = at;
  if (step == CallerTurn::Step::Resumed && interruption_ == Interruption::Likely) cut_off_after(times_.confirm_interruption, now);
  if (step != CallerTurn::Step::Began) return false;
  goes_on_ = goes_on;
  if (!goes_on) {
    began_ = now;
    cut_off_ = false;
  }
  listen_at_.reset();
  ++listen_turn_;
  return true;
}

bool CallerFloor::abandon() {
  held_text_.clear();
  (void)end_interruption();
  if (is_quiet()) return false;
  listen_at_.reset();
  turn_.reset();
  return true;
}

void CallerFloor::on_speech_stopped(MediaTime at, base::Duration silent_for, TimePoint now) {
  turn_.on_speech_stopped(at, silent_for, now);
  cut_off_at_.reset();
}

void CallerFloor::watch_interruption(TimePoint now) {
  interruption_ = Interruption::Doubtful;
  confirm_at_ = now + times_.confirm_interruption;
  cut_off_after(times_.longest_cough, now);
}

void CallerFloor::cut_off_after(base::Duration voice, TimePoint now) {
  cut_off_after_ = voice;
  cut_off_at_ = now + voice;
}

void CallerFloor::on_voice_until(MediaTime at, TimePoint now) {
  const base::Duration lasted = at - voice_at_;
  if (confirm_at_ && lasted >= times_.confirm_interruption) confirm_at_ = std::min(*confirm_at_, now);
  if (cut_off_at_ && lasted >= cut_off_after_) cut_off_at_ = std::min(*cut_off_at_, now);
}

CallerFloor::Interruption CallerFloor::end_interruption() {
  confirm_at_ = cut_off_at_ = std::nullopt;
  return std::exchange(interruption_, Interruption::None);
}

bool CallerFloor::take_confirm_due(TimePoint now) {
  if (!take_due(confirm_at_, now)) return false;
  interruption_ = Interruption::Likely;
  return true;
}

bool CallerFloor::take_cut_off_due(TimePoint now) {
  if (!take_due(cut_off_at_, now)) return false;
  (void)end_interruption();
  return true;
}

void CallerFloor::hold(const Transcript& earlier) {
  if (is_quiet() || earlier.rejected || earlier.text.empty()) return;
  held_text_ = join(held_text_, earlier.text);
  held_confidence_ = earlier.confidence;
}

CallerFloor::Heard CallerFloor::on_transcript(const Transcript& transcript) {
  const std::string held = std::exchange(held_text_, {});
  const bool understood = !transcript.rejected && !transcript.text.empty();
  Heard heard;
  heard.input = {0, TurnInput::Kind::Speech, join(held, transcript.text), transcript.confidence, !understood};
  if (!understood && !held.empty()) heard.input = {0, TurnInput::Kind::Speech, held, held_confidence_, false};  // A cough does not cancel earlier words.
  heard.whole = !goes_on_ || !held.empty();
  heard.brief = is_brief();
  heard.had_words = !heard.input.rejected;
  heard.after_cut_off = std::exchange(cut_off_, false);
  turn_.on_recognised();
  listen_at_.reset();
  return heard;
}

void CallerFloor::on_taken(std::uint32_t turn, bool answer) {
  taken_[next_taken_] = {listen_turn_, turn, answer, began_};
  next_taken_ = (next_taken_ + 1) % taken_.size();
  turn_.on_recognised();
  listen_at_.reset();
  held_text_.clear();
  cut_off_ = false;
}

std::optional<CallerFloor::Taken> CallerFloor::find_taken(std::uint32_t listen_turn, bool forget) {
  const auto taken = std::find_if(taken_.begin(), taken_.end(), [listen_turn](const Taken& t) { return t.listen_turn != 0 && t.listen_turn == listen_turn; });
  if (taken == taken_.end()) return std::nullopt;
  return forget ? std::exchange(*taken, Taken{}) : *taken;
}

void CallerFloor::try_again(TimePoint now) {
  if (is_recognising()) await_transcript(now);
}

void CallerFloor::stop() {
  listen_at_.reset();
  (void)end_interruption();
  turn_.reset();
}

bool CallerFloor::is_consistent() const {
  if ((confirm_at_ || cut_off_at_) && !is_speaking()) return false;
  if (confirm_at_.has_value() != (interruption_ == Interruption::Doubtful)) return false;
  return !is_recognising() || listen_at_.has_value();
}

}  // namespace offhook::inline v0::agent
