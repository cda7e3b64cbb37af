#include <offhook/agent/providers/transcription/turn_uplink.hpp>

#include <algorithm>
#include <chrono>

namespace offhook::inline v0::agent {

namespace {

/// If there are more than `most` octets, drops the beginning, in multiples of `step`, and returns the number of dropped octets. A long step is faster,
/// because each drop moves the remaining octets.
std::size_t drop_beyond(std::size_t most, std::size_t step, std::vector<std::uint8_t>& octets) {
  if (octets.size() <= most) return 0;
  const std::size_t over = std::min(octets.size(), (octets.size() - most + step - 1) / step * step);
  octets.erase(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(over));
  return over;
}

}  // namespace

void TurnUplink::connect() {
  sent_ = 0;
  pace_.reset();
  begin_turn();
}

void TurnUplink::restart(base::TimePoint now) {
  unsent_.insert(unsent_.begin(), unanswered_.begin(), unanswered_.end());
  bound_unsent();
  connect();
  pace_ = Pace{now, 0};
}

std::string TurnUplink::silence(std::size_t ms) {
  std::vector<std::uint8_t> octets;
  encode_sound(sound_, std::vector<std::int16_t>(ms * sound_.rate_hz / 1000), octets);
  sent_ += octets.size();
  begin_turn();
  return {octets.begin(), octets.end()};
}

void TurnUplink::begin_turn() {
  turn_begin_ = answered_to_ = sent_;
  unanswered_.clear();
}

void TurnUplink::end_turn() {
  turn_octets_ = 0;
  unsent_ = {};  // Also free the memory: most callers are silent most of the time.
  unanswered_ = {};
  pace_.reset();
}

bool TurnUplink::feed(std::span<const std::int16_t> pcm) {
  const std::size_t octets = pcm.size() * sound_.octets_per_sample();
  if (turn_octets_ + octets > octets_of(kMaxTurnMs)) return false;
  turn_octets_ += octets;
  encode_sound(sound_, pcm, unsent_);
  return true;
}

void TurnUplink::bound_unsent() { forgotten_ += drop_beyond(octets_of(kMaxUnsentMs), octets_of(1'000), unsent_); }

void TurnUplink::pad(std::size_t ms) { encode_sound(sound_, std::vector<std::int16_t>(ms * sound_.rate_hz / 1000), unsent_); }

/// Returns the number of octets that may be sent now. A service accepts repeated audio only at a limited speed.
std::size_t TurnUplink::may_send(base::TimePoint now) const {
  if (!pace_) return unsent_.size();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - pace_->from).count();
  const std::size_t allowed = octets_of(shape_.free_ms + static_cast<std::size_t>(std::max<std::int64_t>(ms, 0)) * shape_.pace_percent / 100);
  return std::min(unsent_.size(), allowed - std::min(allowed, pace_->sent));
}

std::string TurnUplink::next_frame(base::TimePoint now) {
  std::string frame = may_send(now) >= this->frame() ? take(this->frame()) : std::string();
  if (has_caught_up()) pace_.reset();
  return frame;
}

std::string TurnUplink::take(std::size_t octets) {
  const auto end = unsent_.begin() + static_cast<std::ptrdiff_t>(octets);
  std::string frame(unsent_.begin(), end);
  unanswered_.insert(unanswered_.end(), unsent_.begin(), end);
  unsent_.erase(unsent_.begin(), end);
  sent_ += octets;
  if (pace_) pace_->sent += octets;
  // Keep the audio without an answer: if the socket breaks, another stream needs it.
  const std::size_t step = shape_.resends_part ? octets_of(1'000) : 1;
  const std::size_t dropped = drop_beyond(octets_of(shape_.max_resend_ms), step, unanswered_);
  if (shape_.resends_part) forgotten_ += dropped;
  return frame;
}

void TurnUplink::answer_to(std::size_t place) {
  answered_to_ = std::min(std::max(place, answered_to_), sent_);
  const std::size_t left = std::min(unanswered_.size(), without_answer());
  unanswered_.erase(unanswered_.begin(), unanswered_.end() - static_cast<std::ptrdiff_t>(left));
}

bool TurnUplink::may_restart() const {
  if (shape_.resends_part) return true;
  return without_answer() == unanswered_.size() && unanswered_.size() + unsent_.size() <= octets_of(shape_.max_resend_ms);
}

std::size_t TurnUplink::place_of(double seconds) const {
  return static_cast<std::size_t>(seconds * sound_.rate_hz) * sound_.octets_per_sample();
}

bool TurnUplink::is_consistent() const {
  return turn_begin_ <= sent_ && answered_to_ <= sent_ && turn_octets_ <= octets_of(kMaxTurnMs) && unsent_.size() <= octets_of(kMaxUnsentMs + 1000) &&
         unanswered_.size() <= octets_of(shape_.max_resend_ms);
}

}  // namespace offhook::inline v0::agent
