#include <offhook/rtp/jitter_buffer.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::int64_t kUnitsPerMs = DelayEstimator::kUnitsPerMs;
constexpr std::int64_t kHysteresis = 5 * kUnitsPerMs;             // on either side of one tick
constexpr std::int64_t kTooLate = 60 * kUnitsPerMs;               // left out even in speech, one tick in kDropSpacing
constexpr std::int64_t kTooEarly = 60 * kUnitsPerMs;              // made up even in speech, one tick in kInsertSpacing
constexpr std::int64_t kFarTooLate = 500 * kUnitsPerMs;           // left out at one go
constexpr std::int64_t kMaxWait = 500 * kUnitsPerMs;              // no packet waits longer for its stream to begin
constexpr std::int64_t kMaxTransitJump = 1000 * kUnitsPerMs;      // beyond it the timestamps have to be confirmed
constexpr int kDropSpacing = 4;
constexpr int kInsertSpacing = 4;
constexpr int kQuietSpacing = 2;

}  // namespace

JitterBuffer::JitterBuffer() noexcept = default;

std::int64_t JitterBuffer::to_units(base::TimePoint at) noexcept {
  constexpr std::int64_t kNanosecondsPerUnit = 1'000'000 / kUnitsPerMs;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count() / kNanosecondsPerUnit;
}

// --- receiving thread ------------------------------------------------------------------------------------------------------

bool JitterBuffer::put(const Packet& packet, base::TimePoint arrival) noexcept {
  if (packet.payload.empty() || packet.payload.size() > kMaxPayloadOctets) {
    refused_payload_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  if (Held* const place = pool_.place()) {
    place->arrival = to_units(arrival);
    place->timestamp = packet.timestamp;
    place->ssrc = packet.ssrc;
    place->wire_sequence = packet.sequence;
    place->size = static_cast<std::uint16_t>(packet.payload.size());
    place->payload_type = packet.payload_type;
    std::copy(packet.payload.begin(), packet.payload.end(), place->octets.begin());
    if (pool_.publish()) return true;
  }
  inbox_full_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

// --- ticking thread: what comes in -----------------------------------------------------------------------------------------

void JitterBuffer::reset() noexcept {
  for (Pool::Number number = 0; pool_.take(number);) pool_.give_back(number);
  forget_stream();
}

void JitterBuffer::forget_all() noexcept {
  while (count_ != 0) remove_oldest();
}

void JitterBuffer::forget_stream() noexcept {
  forget_all();
  state_ = State::Empty;
  ssrc_.reset();
  suspect_.reset();
  restart_ = true;
}

void JitterBuffer::begin_stream(std::uint32_t ssrc) noexcept {
  if (ssrc_) ++counts_.resets;
  forget_stream();
  ssrc_ = ssrc;
  timestamps_.reset();
  sequences_.reset();
  delay_.reset();
  position_ = 0;
  passed_sequence_ = -1;
  highest_begin_ = 0;
  stalled_ = 0;
  concealed_in_row_ = 0;
  seam_ = false;
}

/// Whether the packet's timestamp agrees with its arrival. One that does not is dropped, and believed when the next packet in
/// sequence agrees with it: the idea of RFC 3550 appendix A.1, for timestamps. Talk pauses keep the transit and pass.
bool JitterBuffer::passes_jump_check(const Held& packet) noexcept {
  if (ssrc_ != packet.ssrc) {
    begin_stream(packet.ssrc);
    return true;
  }
  const std::int64_t transit = packet.arrival - timestamps_.peek(packet.timestamp);
  if (std::abs(transit - last_transit_) <= kMaxTransitJump) {
    suspect_.reset();
    return true;
  }
  const bool confirmed =
      suspect_ && static_cast<std::uint16_t>(suspect_->sequence + 1) == packet.wire_sequence &&
      std::abs(static_cast<std::int64_t>(static_cast<std::int32_t>(packet.timestamp - suspect_->timestamp))) <= kMaxTransitJump;
  if (!confirmed) {
    suspect_ = Suspect{packet.wire_sequence, packet.timestamp};
    ++counts_.suspect;
    return false;
  }
  begin_stream(packet.ssrc);
  return true;
}

/// False when the packet's place is not needed any more.
bool JitterBuffer::accept(Pool::Number number) noexcept {
  ++counts_.packets;
  Held& packet = pool_[number];
  if (!passes_jump_check(packet)) return false;
  packet.begin = timestamps_.unwrap(packet.timestamp);
  packet.end = packet.begin + packet.size;
  packet.sequence = sequences_.unwrap(packet.wire_sequence);
  last_transit_ = packet.arrival - packet.begin;
  delay_.on_packet(packet.arrival, last_transit_);
  return insert(number);
}

bool JitterBuffer::insert(Pool::Number number) noexcept {
  const Held& packet = pool_[number];
  if (passed_sequence_ >= 0 && packet.end <= position_) {
    ++(packet.sequence == passed_sequence_ ? counts_.duplicate : counts_.late);
    return false;
  }
  std::size_t at = count_;
  while (at > 0 && held(at - 1).begin > packet.begin) --at;
  if (at > 0 && held(at - 1).begin == packet.begin) {
    ++counts_.duplicate;
    return false;
  }
  if (packet.begin < highest_begin_) ++counts_.reordered;
  highest_begin_ = std::max(highest_begin_, packet.begin);
  if (count_ == kMaxBufferedPackets) {
    ++counts_.overflowed;
    if (at == 0) return false;  // It would itself be the oldest.
    remove_oldest();
    --at;
    buffered_end_ = latest_end();
    if (state_ == State::Playing && held(0).begin > position_) {
      position_ = held(0).begin;
      seam_ = true;
    }
  }
  for (std::size_t i = count_; i > at; --i) place(i) = place(i - 1);
  place(at) = number;
  buffered_end_ = count_ == 0 ? packet.end : std::max(buffered_end_, packet.end);
  ++count_;
  if (state_ == State::Empty) state_ = State::Waiting;
  return true;
}

void JitterBuffer::remove_oldest() noexcept {
  pool_.give_back(place(0));
  first_ = (first_ + 1) % kMaxBufferedPackets;
  --count_;
}

/// What ends by now goes. The latest end stays what it is as long as anything does: it lies beyond position_.
void JitterBuffer::forget_played() noexcept {
  while (count_ != 0 && held(0).end <= position_) {
    passed_sequence_ = std::max(passed_sequence_, held(0).sequence);
    remove_oldest();
  }
}

/// Not simply the last one's: packets may overlap, and a long one reach beyond a short one that begins later.
std::int64_t JitterBuffer::latest_end() const noexcept {
  std::int64_t end = held(0).end;
  for (std::size_t i = 1; i < count_; ++i) end = std::max(end, held(i).end);
  return end;
}

// --- ticking thread: what goes out -----------------------------------------------------------------------------------------

std::int64_t JitterBuffer::ideal(std::int64_t now) const noexcept { return now - delay_.fastest() - delay_.target(); }

Pull JitterBuffer::pull(base::TimePoint now, bool quiet) noexcept {
  for (Pool::Number number = 0; pool_.take(number);) {
    if (!accept(number)) pool_.give_back(number);
  }
  const std::int64_t at = to_units(now);
  ++since_drop_;
  ++since_insert_;
  switch (state_) {
    case State::Empty: return silence();
    case State::Waiting:
      if (!may_start(at)) return silence();
      state_ = State::Playing;
      stalled_ = 0;
      concealed_in_row_ = 0;
      return play(at, quiet);
    case State::Playing: return play(at, quiet);
  }
  return silence();
}

bool JitterBuffer::may_start(std::int64_t now) noexcept {
  if (passed_sequence_ >= 0) forget_played();
  if (count_ == 0) {
    state_ = State::Empty;
    return false;
  }
  const Held& first = held(0);
  const std::int64_t begin = passed_sequence_ >= 0 ? std::max(position_, first.begin) : first.begin;
  if (ideal(now) < begin && now - first.arrival < kMaxWait) return false;
  position_ = begin;
  seam_ = passed_sequence_ >= 0;
  return true;
}

/// Leaves out what is too late. Whole ticks only, so that the phase between tick and packet stays.
void JitterBuffer::catch_up(std::int64_t now, bool quiet) noexcept {
  const std::int64_t behind = ideal(now) - position_;
  const std::int64_t buffered = buffered_end_ - position_;
  if (behind < kUnitsPerTick + kHysteresis || buffered < 2 * kUnitsPerTick) return;
  std::int64_t ticks = 0;
  if (behind > kFarTooLate) {
    ticks = behind / kUnitsPerTick;
  } else if ((quiet && since_drop_ >= kQuietSpacing) || (behind >= kTooLate && since_drop_ >= kDropSpacing)) {
    ticks = 1;
  }
  ticks = std::min(ticks, buffered / kUnitsPerTick - 1);
  if (ticks == 0) return;
  since_drop_ = 0;
  counts_.dropped += static_cast<std::uint64_t>(ticks);
  position_ += ticks * kUnitsPerTick;
  seam_ = true;
  forget_played();
}

/// Silence on purpose: the next packet in sequence begins later (a talk pause). RFC 3551 section 4.1.
bool JitterBuffer::gap_is_silence(std::int64_t gap) const noexcept {
  return gap >= kUnitsPerTick && passed_sequence_ >= 0 && held(0).sequence == passed_sequence_ + 1;
}

Pull JitterBuffer::play(std::int64_t now, bool quiet) noexcept {
  forget_played();
  if (count_ == 0) return underrun();
  if (stalled_ != 0) {  // What was made up while nothing came stood for the audio that never came.
    position_ += std::clamp<std::int64_t>(held(0).begin - position_, 0, stalled_);
    stalled_ = 0;
  }
  const std::int64_t gap = held(0).begin - position_;
  if (gap_is_silence(gap) || gap > kMaxConcealedTicks * kUnitsPerTick) {
    state_ = State::Waiting;
    if (!may_start(now)) return silence();
    state_ = State::Playing;
  }
  catch_up(now, quiet);
  const std::int64_t early = position_ - ideal(now);
  if (early > kHysteresis &&
      ((quiet && since_insert_ >= kQuietSpacing) || (early > kTooEarly && since_insert_ >= kInsertSpacing))) {
    since_insert_ = 0;
    ++counts_.inserted;
    return Pull{.kind = Pull::Kind::Conceal};
  }
  if (buffered_end_ < position_ + kUnitsPerTick) return underrun();  // The rest of this tick may still come.
  Pull pull{.kind = Pull::Kind::Frame, .seam = seam_, .restart = restart_, .timestamp = static_cast<std::uint32_t>(position_)};
  const bool whole = gather(pull);
  counts_.delay_ms = static_cast<std::uint32_t>(std::max<std::int64_t>(now - delay_.fastest() - position_, 0) / kUnitsPerMs);
  position_ += kUnitsPerTick;
  if (!whole) return conceal();
  concealed_in_row_ = 0;
  ++counts_.frames;
  seam_ = restart_ = false;
  return pull;
}

/// Gathers [position_, position_ + one tick) from the packets that cover it. False when a part is missing or of another type.
bool JitterBuffer::gather(Pull& pull) noexcept {
  const std::int64_t end = position_ + kUnitsPerTick;
  const Held& first = held(0);
  pull.payload_type = first.payload_type;
  if (first.begin <= position_ && first.end >= end) {  // As nearly always: played from where it lies.
    pull.payload = base::Bytes(first.octets).subspan(static_cast<std::size_t>(position_ - first.begin), frame_.size());
    passed_sequence_ = std::max(passed_sequence_, first.sequence);
    return true;
  }
  pull.payload = frame_;
  std::int64_t at = position_;
  for (std::size_t i = 0; i < count_ && at < end; ++i) {
    const Held& packet = held(i);
    if (packet.end <= at) continue;
    if (packet.begin > at || packet.payload_type != pull.payload_type) return false;
    const std::int64_t size = std::min(packet.end, end) - at;
    std::copy_n(packet.octets.begin() + static_cast<std::ptrdiff_t>(at - packet.begin), size,
                frame_.begin() + static_cast<std::ptrdiff_t>(at - position_));
    passed_sequence_ = std::max(passed_sequence_, packet.sequence);
    at += size;
  }
  return at == end;
}

Pull JitterBuffer::underrun() noexcept {
  stalled_ += kUnitsPerTick;
  if (concealed_in_row_ >= kMaxConcealedTicks) {
    if (count_ != 0) position_ = buffered_end_;  // A rest of less than a tick, whose other part will not come any more.
    forget_played();
    state_ = State::Empty;
    stalled_ = 0;
    return silence();
  }
  return conceal();
}

Pull JitterBuffer::conceal() noexcept {
  ++concealed_in_row_;
  ++counts_.concealed;
  return Pull{.kind = Pull::Kind::Conceal};
}

Pull JitterBuffer::silence() noexcept {
  ++counts_.silent;
  return Pull{.kind = Pull::Kind::Silence};
}

JitterStatistics JitterBuffer::statistics() const noexcept {
  JitterStatistics counts = counts_;
  counts.inbox_full = inbox_full_.load(std::memory_order_relaxed);
  counts.refused_payload = refused_payload_.load(std::memory_order_relaxed);
  counts.target_ms = static_cast<std::uint32_t>(delay_.target() / kUnitsPerMs);
  return counts;
}

bool JitterBuffer::is_consistent() const noexcept {
  if (count_ > kMaxBufferedPackets || (state_ == State::Waiting && count_ == 0)) return false;
  std::array<bool, 256> used{};
  for (std::size_t i = 0; i < count_; ++i) {
    const Pool::Number number = order_[(first_ + i) % kMaxBufferedPackets];
    if (std::exchange(used[number], true)) return false;
    if (held(i).end <= held(i).begin || (i > 0 && held(i - 1).begin >= held(i).begin)) return false;
  }
  if (count_ != 0 && buffered_end_ != latest_end()) return false;
  return state_ == State::Empty ? count_ == 0 : ssrc_.has_value();
}

}  // namespace offhook::inline v0::rtp
