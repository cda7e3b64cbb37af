#include <offhook/rtp/jitter/tick_decision.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::int64_t kMaxWait = kUnitHz / 2;  // the longest time for which a packet waits for the start of its stream

}  // namespace

TickDecision::Decision TickDecision::decide(std::int64_t now, std::int64_t waiting) noexcept {
  const Decision silence{.units = kUnitsPerTick - waiting};
  switch (state_) {
    case State::Empty: return silence;
    case State::Waiting:
      if (!may_start(now)) return silence;
      state_ = State::Playing;
      stalled_ = 0;
      concealed_in_row_ = 0;
      return play(now, waiting);
    case State::Playing: return play(now, waiting);
  }
  return silence;
}

bool TickDecision::may_start(std::int64_t now) noexcept {
  if (has_begun()) forget_played();
  if (held_.empty()) {
    state_ = State::Empty;
    return false;
  }
  const HeldPacket& first = held_.front();
  const std::int64_t begin = has_begun() ? std::max(position_, first.begin) : first.begin;
  if (delay_.spare(now, begin) < 0 && now - first.arrival < kMaxWait) return false;
  position_ = begin;
  seam_ = has_begun();
  return true;
}

TickDecision::Decision TickDecision::play(std::int64_t now, std::int64_t waiting) noexcept {
  const std::int64_t missing = kUnitsPerTick - waiting;
  forget_played();
  if (held_.empty()) return underrun(missing);
  if (stalled_ != 0 && !hole_may_fill(now)) {  // The missing audio never came. The concealment has replaced it.
    position_ += std::clamp<std::int64_t>(held_.front().begin - position_, 0, stalled_);
    stalled_ = 0;
  }
  const std::int64_t gap = held_.front().begin - position_;
  // A gap is silence on purpose if the next packet in sequence starts later (a talk pause): RFC 3551 section 4.1.
  const bool is_pause = gap >= kUnitsPerTick && is_next_in_sequence();
  if (gap > 0 && (resting_ || is_pause || gap > kMaxConcealed)) {
    state_ = State::Waiting;
    stalled_ = 0;
    if (!may_start(now)) return {.units = missing};
    state_ = State::Playing;
    forget_played();  // The packet at position_ may be comfort noise.
    if (held_.empty()) return underrun(missing);
  }
  if (held_.end() < position_ + kUnitsPerTick) return underrun(missing);  // The missing part of this tick may still come.
  if (hole_may_fill(now)) {
    stalled_ += missing;
    return {.what = What::Conceal, .units = missing};
  }
  if (held_.front().begin > position_) return fill_gap();
  return {.what = What::Play};
}

/// Conceals only up to the next packet, so that packets and ticks are aligned as before.
TickDecision::Decision TickDecision::fill_gap() noexcept {
  const std::int64_t begin = position_, gap = held_.front().begin - begin, units = std::min(gap, kUnitsPerTick);
  if (delay_.for_machine() && !held_.front().packed) {
    stalled_ = units;  // A machine needs all audio: packets that come meanwhile are played later by this time.
  } else {
    position_ += units;
  }
  return {.what = What::Conceal, .units = units, .begin = begin, .gap = gap};
}

/// Handles a buffer with less than a tick of audio. It conceals only the missing part of this tick, so that packets and ticks are aligned again afterwards.
TickDecision::Decision TickDecision::underrun(std::int64_t units) noexcept {
  if (ends_in_silence()) {
    position_ = held_.end();
    forget_played();
  }
  if (resting_) {
    if (held_.empty()) state_ = State::Empty;
    return {.units = units};
  }
  stalled_ += units;
  if (concealed_in_row_ < kMaxConcealed) return {.what = What::Conceal, .units = units};
  if (!held_.empty()) position_ = held_.end();  // Less than a tick remains, and its other part will not come.
  forget_played();
  state_ = State::Empty;
  stalled_ = 0;
  return {.units = units};
}

std::int64_t TickDecision::on_concealed(std::int64_t units) noexcept {
  const std::int64_t before = concealed_in_row_;
  concealed_in_row_ += units;
  return before;
}

/// Removes the packets that end at position_ or before.
void TickDecision::forget_played() noexcept {
  while (!held_.empty() && held_.front().end <= position_) {
    pass(held_.front().sequence);
    resting_ = held_.front().content != PacketContent::Audio;
    held_.remove(0);
  }
}

/// Returns true if the first packet held follows the last packet that was passed, so that no packet is missing between them.
bool TickDecision::is_next_in_sequence() const noexcept { return has_begun() && held_.front().sequence == passed_sequence_ + 1; }

/// Returns true if the last packet held is comfort noise or a key.
bool TickDecision::ends_in_silence() const noexcept { return !held_.empty() && held_.back().end == held_.back().begin; }

/// Returns true if the packet at position_ is missing, and a machine should wait for it, because other overtaken packets came as late recently.
bool TickDecision::hole_may_fill(std::int64_t now) const noexcept {
  if (!delay_.for_machine() || held_.front().packed) return false;
  const std::int64_t gap = held_.front().begin - position_;
  return gap > 0 && gap <= kMaxConcealed && !is_next_in_sequence() && delay_.may_come(now, position_);
}

void TickDecision::on_overflow(std::size_t index) noexcept {
  if (held_.empty()) {
    if (state_ == State::Waiting) state_ = State::Empty;
    return;
  }
  if (index != 0 || state_ != State::Playing || held_.front().begin <= position_) return;
  position_ = held_.front().begin;
  seam_ = true;
}

void TickDecision::rest(std::int64_t sequence) noexcept {
  pass(sequence);
  resting_ = true;
}

void TickDecision::end_stream() noexcept {
  state_ = State::Empty;
  resting_ = false;
}

void TickDecision::begin_stream() noexcept {
  end_stream();
  position_ = 0;
  passed_sequence_ = -1;
  stalled_ = 0;
  concealed_in_row_ = 0;
  seam_ = false;
}

bool TickDecision::is_consistent() const noexcept {
  switch (state_) {
    case State::Empty: return held_.empty();
    case State::Waiting: return !held_.empty();
    case State::Playing: return true;
  }
  return false;
}

}  // namespace offhook::inline v0::rtp
