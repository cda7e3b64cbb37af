#include <offhook/agent/providers/deepgram/turn_uplink.hpp>

#include <algorithm>
#include <chrono>

namespace offhook::inline v0::agent::deepgram {

void TurnUplink::connect() {
  sent_ = 0;
  pace_.reset();
  begin_turn();
}

void TurnUplink::connect_again(base::TimePoint now) {
  unsent_.insert(unsent_.begin(), unanswered_.begin(), unanswered_.end());
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
  unsent_.clear();
  unanswered_ = {};  // Frees the memory too, because most calls are silent most of the time.
  pace_.reset();
}

bool TurnUplink::feed(std::span<const std::int16_t> pcm) {
  const std::size_t octets = pcm.size() * sound_.octets_per_sample();
  if (turn_octets_ + octets > octets_of(kMaxTurnMs)) return false;
  turn_octets_ += octets;
  encode_sound(sound_, pcm, unsent_);
  return true;
}

void TurnUplink::pad(std::size_t ms) { encode_sound(sound_, std::vector<std::int16_t>(ms * sound_.rate_hz / 1000), unsent_); }

/// Returns the octets that may be sent now. A server accepts a backlog at five quarters of real time at most.
std::size_t TurnUplink::may_send(base::TimePoint now) const {
  if (!pace_) return unsent_.size();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - pace_->from).count();
  const std::size_t allowed = frame_ + octets_of(static_cast<std::size_t>(std::max<std::int64_t>(ms, 0)) * 5 / 4);
  return std::min(unsent_.size(), allowed - std::min(allowed, pace_->sent));
}

std::string TurnUplink::next_frame(base::TimePoint now) {
  std::string frame = may_send(now) >= frame_ ? take(frame_) : std::string();
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
  const std::size_t most = octets_of(kMaxResendMs);
  if (unanswered_.size() > most) unanswered_.erase(unanswered_.begin(), unanswered_.end() - static_cast<std::ptrdiff_t>(most));
  return frame;
}

void TurnUplink::answer_to(std::size_t place) {
  answered_to_ = std::min(std::max(place, answered_to_), sent_);
  const std::size_t left = std::min(unanswered_.size(), without_answer());
  unanswered_.erase(unanswered_.begin(), unanswered_.end() - static_cast<std::ptrdiff_t>(left));
}

bool TurnUplink::may_connect_again() const {
  return without_answer() == unanswered_.size() && unanswered_.size() + unsent_.size() <= octets_of(kMaxResendMs);
}

std::size_t TurnUplink::place_of(double seconds) const {
  return static_cast<std::size_t>(seconds * sound_.rate_hz) * sound_.octets_per_sample();
}

bool TurnUplink::is_consistent() const {
  return turn_begin_ <= sent_ && answered_to_ <= sent_ && turn_octets_ <= octets_of(kMaxTurnMs) && unanswered_.size() <= octets_of(kMaxResendMs);
}

}  // namespace offhook::inline v0::agent::deepgram
