#include <offhook/rtp/jitter/jitter_buffer.hpp>

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::int64_t kUnitsPerMs = DelayEstimator::kUnitsPerMs;
constexpr std::int64_t kHysteresis = 2 * kUnitsPerMs;             // units above the target that the buffer tolerates before it shortens audio
constexpr std::int64_t kUrgent = 60 * kUnitsPerMs;                // units above the target from which each tick is shortened, with a rough join if necessary
constexpr std::int64_t kMaxWait = 500 * kUnitsPerMs;              // the longest time for which a packet waits for the start of its stream
constexpr std::int64_t kMaxTransitJump = 1000 * kUnitsPerMs;      // a larger jump of the timestamp needs a confirmation
constexpr std::int64_t kWishSpacing = 60 * kUnitsPerMs;           // between two stretches that are not urgent, whatever the first one achieved
constexpr std::uint32_t kFarthestBehind = kRememberedPackets * 9600;  // limit of the age of remembered packets, in any RTP clock: 200 ms each at 48 kHz
constexpr std::int64_t kLeastGrowth = 10 * kUnitsPerMs;           // least extension that is requested, because a pitch period may be this long

}  // namespace

JitterBuffer::JitterBuffer(DelayProfile profile) noexcept : machine_(profile.machine), delay_(profile) {}

std::int64_t JitterBuffer::to_units(base::TimePoint at) noexcept {
  constexpr std::int64_t kNanosecondsPerUnit = 1'000'000 / kUnitsPerMs;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count() / kNanosecondsPerUnit;
}

// --- receiving thread ------------------------------------------------------------------------------------------------------

bool JitterBuffer::Remembered::has(const Packet& packet) noexcept {
  const auto behind = static_cast<std::uint16_t>(newest_ - packet.sequence);
  if (came_ == 0 || ssrc_ != packet.ssrc || behind >= kRememberedPackets) return false;
  if (timestamp_ - packet.timestamp > kFarthestBehind) came_ = 0;
  return (came_ >> behind & 1U) != 0;
}

void JitterBuffer::Remembered::add(const Packet& packet) noexcept {
  const auto ahead = static_cast<std::int16_t>(static_cast<std::uint16_t>(packet.sequence - newest_));
  const bool goes_on = came_ != 0 && ssrc_ == packet.ssrc && std::abs(ahead) < static_cast<int>(kRememberedPackets);
  if (goes_on && ahead <= 0) {
    came_ |= std::uint64_t{1} << -ahead;
    return;
  }
  came_ = (goes_on ? came_ << ahead : 0) | 1U;
  ssrc_ = packet.ssrc;
  newest_ = packet.sequence;
  timestamp_ = packet.timestamp;
}

JitterBuffer::PutResult JitterBuffer::try_put(const Packet& packet, base::TimePoint arrival, Content content, PayloadTiming timing) noexcept {
  const std::size_t most = timing.units == 0 ? kMaxPayloadOctets : kMaxPackedOctets;
  const base::Bytes payload = content == Content::Key ? base::Bytes{} : packet.payload;
  if (packet.payload.empty() || payload.size() > most || timing.units > kMaxPackedUnits) {
    refused_payload_.fetch_add(1, std::memory_order_relaxed);
    return PutResult::Refused;
  }
  if (remembered_.has(packet)) {
    repeated_.fetch_add(1, std::memory_order_relaxed);
    return PutResult::Taken;
  }
  const Arrived arrived{.arrival = to_units(arrival), .timestamp = packet.timestamp, .ssrc = packet.ssrc, .sequence = packet.sequence,
                        .size = static_cast<std::uint16_t>(payload.size()), .units = timing.units, .payload_type = packet.payload_type,
                        .content = static_cast<std::uint8_t>(static_cast<unsigned>(content) & 0xFU),
                        .clock = static_cast<std::uint8_t>(timing.clock & 0xFU)};
  if (!ring_.try_push(arrived, payload)) return PutResult::Full;
  remembered_.add(packet);
  return PutResult::Taken;
}

bool JitterBuffer::put(const Packet& packet, base::TimePoint arrival, Content content, PayloadTiming timing) noexcept {
  const auto result = try_put(packet, arrival, content, timing);
  if (result == PutResult::Full) inbox_full_.fetch_add(1, std::memory_order_relaxed);
  return result == PutResult::Taken;
}

bool JitterBuffer::put_or_push_out(const Packet& packet, base::TimePoint arrival, Content content, PayloadTiming timing) noexcept {
  const auto result = try_put(packet, arrival, content, timing);
  if (result != PutResult::Full) return result == PutResult::Taken;
  take_in();
  return put(packet, arrival, content, timing);
}

// --- ticking thread: packets that come in -----------------------------------------------------------------------------------

void JitterBuffer::set_profile(DelayProfile profile) noexcept {
  machine_ = profile.machine;
  delay_.set_profile(profile);
}

void JitterBuffer::reset() noexcept {
  Arrived arrived;
  for (Ring::Place place = 0; ring_.try_take(arrived, place);) {}
  forget_stream();
  free_ring();
}

void JitterBuffer::forget_stream() noexcept {
  count_ = 0;
  state_ = State::Empty;
  ssrc_.reset();
  suspect_.reset();
  resting_ = false;
  restart_ = true;
}

void JitterBuffer::begin_stream(std::uint32_t ssrc, std::uint8_t clock) noexcept {
  if (ssrc_) ++counts_.resets;
  forget_stream();
  ssrc_ = ssrc;
  clock_ = std::max<std::uint8_t>(clock, 1);
  timestamps_.reset();
  sequences_.reset();
  delay_.reset();
  overtaken_.forget();
  position_ = 0;
  passed_sequence_ = -1;
  highest_sequence_ = 0;
  stalled_ = 0;
  concealed_in_row_ = 0;
  seam_ = false;
}

/// Returns whether the audio's place in time is known, however late the network delivers it. This is true if the timestamp advanced as the sequence number did
/// since the packet before. It is also true after a talk pause: both advanced, and the timestamp advanced by less than the time that passed.
bool JitterBuffer::has_known_place(const Arrived& packet, std::int64_t begin) const noexcept {
  const std::int64_t packets = sequences_.peek(packet.sequence) - last_sequence_, advance = begin - last_begin_;
  if (std::abs(packets) > kMaxDropout) return false;
  const bool is_late = packet.arrival - begin >= last_transit_;
  return std::abs(advance - packets * packet_size_) <= kMaxTransitJump || (packets > 0 && advance >= 0 && is_late);
}

/// Returns whether the packet's timestamp agrees with its arrival or with its sequence number. The buffer drops a packet whose timestamp agrees with
/// neither. It accepts the new timestamps when the next packet in sequence agrees with them, as RFC 3550 appendix A.1 does for sequence numbers. A
/// talk pause does not change the transit, so that it passes this check.
bool JitterBuffer::passes_jump_check(const Arrived& packet) noexcept {
  // Timestamps of different clocks cannot be compared. The sender changed to a codec with another clock.
  if (ssrc_ != packet.ssrc || clock_ != packet.clock) {
    begin_stream(packet.ssrc, packet.clock);
    return true;
  }
  const std::int64_t begin = in_units(timestamps_.peek(packet.timestamp));
  if (std::abs(packet.arrival - begin - last_transit_) <= kMaxTransitJump || has_known_place(packet, begin)) {
    suspect_.reset();
    return true;
  }
  const bool confirmed =
      suspect_ && static_cast<std::uint16_t>(suspect_->sequence + 1) == packet.sequence &&
      std::abs(static_cast<std::int64_t>(static_cast<std::int32_t>(packet.timestamp - suspect_->timestamp))) <= kMaxTransitJump * clock_;
  if (!confirmed) {
    suspect_ = Suspect{packet.sequence, packet.timestamp};
    ++counts_.suspect;
    return false;
  }
  begin_stream(packet.ssrc, packet.clock);
  return true;
}

void JitterBuffer::accept(const Arrived& arrived, Ring::Place place) noexcept {
  ++counts_.packets;
  const auto content = static_cast<Content>(arrived.content);
  if (content == Content::Key) return accept_key(arrived, place);
  if (!passes_jump_check(arrived)) return;
  const bool audio = content != Content::ComfortNoise;
  const std::int64_t units = arrived.units != 0 ? arrived.units : arrived.size;
  Held packet{.arrival = arrived.arrival, .begin = in_units(timestamps_.unwrap(arrived.timestamp)),
              .sequence = sequences_.unwrap(arrived.sequence), .place = place, .payload_type = arrived.payload_type, .content = content,
              .packed = arrived.units != 0, .size = arrived.size};
  packet.end = packet.begin + (audio ? units : 0);
  last_begin_ = packet.begin;
  last_sequence_ = packet.sequence;
  last_transit_ = packet.arrival - packet.begin;
  delay_.on_packet(packet.arrival, last_transit_);
  if (audio) learn_granule(units, arrived.size);
  const bool overtaken = is_overtaken(packet.sequence);
  if (overtaken) overtaken_.add(packet.arrival, last_transit_ - delay_.fastest());
  else highest_sequence_ = packet.sequence;
  insert(packet, overtaken);
}

/// Returns whether a later packet came before. A number that is lower by more shows that the sender restarted its numbers: RFC 3550 appendix A.1.
bool JitterBuffer::is_overtaken(std::int64_t sequence) const noexcept {
  return sequence < highest_sequence_ && highest_sequence_ - sequence < kMaxMisorder;
}

/// Accepts a packet of a key. All packets of a key carry the timestamp of its start, so that they do not show the delay. The sender's audio ends at
/// the key, and the sequence numbers of the key's packets are not losses.
void JitterBuffer::accept_key(const Arrived& arrived, Ring::Place place) noexcept {
  if (ssrc_ != arrived.ssrc || clock_ != arrived.clock) return;  // Only audio starts a stream.
  const std::int64_t begin = in_units(timestamps_.peek(arrived.timestamp));
  if (std::abs(arrived.arrival - begin - last_transit_) > kMaxTransitJump) return;  // The key has a clock of its own, or has lasted for long.
  const Held key{.arrival = arrived.arrival, .begin = begin, .end = begin, .sequence = sequences_.peek(arrived.sequence), .place = place,
                 .payload_type = arrived.payload_type, .content = Content::Key};
  if (passed_sequence_ >= 0 && key.begin <= position_) {
    if (count_ != 0) return;  // The sender sends audio at the same time.
    passed_sequence_ = std::max(passed_sequence_, key.sequence);
    resting_ = true;
    return;
  }
  std::size_t at = count_;
  while (at > 0 && held(at - 1).begin > key.begin) --at;
  if (at == 0 || held(at - 1).begin != key.begin) return hold(key, at);
  Held& same = held(at - 1);
  if (same.content == Content::Key) same.sequence = std::max(same.sequence, key.sequence);
}

/// Learns the packet length. If it is no multiple of a tick, the last packet of a tick must come before its own time: at 10 and
/// 30 ms by up to 10 ms, at 20, 40 and 60 ms by 0.
void JitterBuffer::learn_granule(std::int64_t size, std::size_t octets) noexcept {
  if (size == packet_size_ && octets == packet_octets_) return;
  packet_size_ = size;
  packet_octets_ = octets;
  granule_ = kUnitsPerTick - std::gcd(size, kUnitsPerTick);
  most_held_ = kAnyDelay;
  if (octets <= static_cast<std::size_t>(size)) return;
  // The ring also needs space for the arriving packet, and may lose the space of nearly one packet at its end.
  const std::size_t record = sizeof(Arrived) + octets, room = most_kept() - record;
  most_held_ = (static_cast<std::int64_t>(room / record) - 1) * size;
}

void JitterBuffer::insert(const Held& packet, bool overtaken) noexcept {
  const bool past = packet.content != Content::ComfortNoise ? packet.end <= position_ : packet.begin < position_;
  if (passed_sequence_ >= 0 && past) {
    ++(packet.sequence == passed_sequence_ ? counts_.duplicate : counts_.late);
    return;
  }
  std::size_t at = count_;
  while (at > 0 && held(at - 1).begin > packet.begin) --at;
  if (at > 0 && held(at - 1).begin == packet.begin && held(at - 1).content == Content::Key) remove(--at);  // Audio comes at the same time as the key.
  const bool reaches_next = at < count_ && held(at).begin < packet.end && held(at).content != Content::Key;
  const bool overlaps = packet.packed && ((at > 0 && held(at - 1).end > packet.begin) || reaches_next);
  if (overlaps || (at > 0 && held(at - 1).begin == packet.begin)) {
    ++counts_.duplicate;
    return;
  }
  if (overtaken) ++counts_.reordered;
  hold(packet, at);
}

/// Inserts the packet at index `at`. Removes the oldest packet if there is no space.
void JitterBuffer::hold(const Held& packet, std::size_t at) noexcept {
  if (count_ == kMaxBufferedPackets) {
    if (at == 0) {  // The new packet is the oldest.
      ++counts_.overflowed;
      return;
    }
    overflow(0);
    --at;
  }
  for (std::size_t i = count_; i > at; --i) held(i) = held(i - 1);
  held(at) = packet;
  buffered_end_ = count_ == 0 ? packet.end : std::max(buffered_end_, packet.end);
  ++count_;
  if (state_ == State::Empty) state_ = State::Waiting;
}

void JitterBuffer::remove(std::size_t index) noexcept {
  for (std::size_t i = index; i > 0; --i) held(i) = held(i - 1);
  first_ = (first_ + 1) % kMaxBufferedPackets;
  --count_;
}

void JitterBuffer::overflow(std::size_t index) noexcept {
  ++counts_.overflowed;
  remove(index);
  if (count_ == 0) {
    if (state_ == State::Waiting) state_ = State::Empty;
    return;
  }
  buffered_end_ = latest_end();
  if (index == 0 && state_ == State::Playing && held(0).begin > position_) {
    position_ = held(0).begin;
    seam_ = true;
  }
}

/// Returns how many octets of the ring the held packets may take. The rest has space for the next packet even when it does not fit before the ring's end.
std::size_t JitterBuffer::most_kept() const noexcept {
  return kRingOctets - std::max(kInboxOctets, 2 * (sizeof(Arrived) + packet_octets_));
}

/// Frees the places of played payloads, which stay in the ring until now. If too little space remains for arriving packets, removes the held packet
/// that arrived first. That is the oldest one, or one with a wrong timestamp far in the future.
void JitterBuffer::free_ring() noexcept {
  if (ring_.next() - freed_ < kInboxOctets) return;  // The search for the oldest packet costs time, so that it does not run in each tick.
  while (count_ != 0) {
    std::size_t oldest = 0;
    for (std::size_t i = 1; i < count_; ++i) {
      if (held(i).place < held(oldest).place) oldest = i;
    }
    const Ring::Place place = held(oldest).place;
    if (ring_.next() - place <= most_kept()) return free_before(place);
    overflow(oldest);
  }
  free_before(ring_.next());
}

/// Removes the packets that end at position_ or before. buffered_end_ does not change while a packet is left: it is after position_.
void JitterBuffer::forget_played() noexcept {
  while (count_ != 0 && held(0).end <= position_) {
    const Held& packet = held(0);
    passed_sequence_ = std::max(passed_sequence_, packet.sequence);
    resting_ = packet.content != Content::Audio;
    remove(0);
  }
}

void JitterBuffer::free_before(Ring::Place place) noexcept {
  ring_.free_before(place);
  freed_ = place;
}

/// Returns the latest end of the held packets. This may not be the last packet's end: a long packet may end after a short one that starts later.
std::int64_t JitterBuffer::latest_end() const noexcept {
  std::int64_t end = held(0).end;
  for (std::size_t i = 1; i < count_; ++i) end = std::max(end, held(i).end);
  return end;
}

// --- ticking thread: audio that goes out ------------------------------------------------------------------------------------

/// Returns how much later the packet at position_ could be pulled without any late packet, in units; less than 0: the pull comes too early.
std::int64_t JitterBuffer::spare(std::int64_t now) const noexcept { return now - delay_.fastest() - wanted_delay() - position_; }

Pull JitterBuffer::pull(base::TimePoint now, std::int64_t waiting) noexcept {
  take_in();
  const std::int64_t at = to_units(now);
  waiting = std::clamp<std::int64_t>(waiting, 0, kUnitsPerTick - 1);
  switch (state_) {
    case State::Empty: return silence(kUnitsPerTick - waiting);
    case State::Waiting:
      if (!may_start(at)) return silence(kUnitsPerTick - waiting);
      state_ = State::Playing;
      stalled_ = 0;
      concealed_in_row_ = 0;
      return play(at, waiting);
    case State::Playing: return play(at, waiting);
  }
  return silence(kUnitsPerTick - waiting);
}

void JitterBuffer::take_in() noexcept {
  // Played packets must not count as held when one is removed, nor as audio at the same time as a key.
  if (state_ == State::Playing) forget_played();
  Arrived arrived;
  for (Ring::Place place = 0; ring_.try_take(arrived, place);) accept(arrived, place);
  free_ring();
}

bool JitterBuffer::may_start(std::int64_t now) noexcept {
  if (passed_sequence_ >= 0) forget_played();
  if (count_ == 0) {
    state_ = State::Empty;
    return false;
  }
  const Held& first = held(0);
  const std::int64_t begin = passed_sequence_ >= 0 ? std::max(position_, first.begin) : first.begin;
  if (now - delay_.fastest() - wanted_delay() < begin && now - first.arrival < kMaxWait) return false;
  position_ = begin;
  seam_ = passed_sequence_ >= 0;
  return true;
}

/// Returns whether the first packet held follows the last one that was passed, so that no packet is missing between them.
bool JitterBuffer::is_next_in_sequence() const noexcept { return passed_sequence_ >= 0 && held(0).sequence == passed_sequence_ + 1; }

/// Returns whether the gap is silence on purpose: the next packet in sequence starts later (a talk pause). RFC 3551 section 4.1.
bool JitterBuffer::gap_is_silence(std::int64_t gap) const noexcept { return gap >= kUnitsPerTick && is_next_in_sequence(); }

/// Returns whether the packet at position_ is missing, and a machine should wait for it, because other overtaken packets came as late recently.
bool JitterBuffer::hole_may_fill(std::int64_t now) const noexcept {
  const std::int64_t gap = held(0).begin - position_;
  return machine_ && !held(0).packed && gap > 0 && gap <= kMaxConcealed && !is_next_in_sequence() &&
         overtaken_.may_come(now, now - delay_.fastest() - position_);
}

Pull JitterBuffer::play(std::int64_t now, std::int64_t waiting) noexcept {
  const std::int64_t missing = kUnitsPerTick - waiting;
  forget_played();
  if (count_ == 0) return underrun(missing);
  if (stalled_ != 0 && !hole_may_fill(now)) {  // The audio never came. The concealment replaced it.
    position_ += std::clamp<std::int64_t>(held(0).begin - position_, 0, stalled_);
    stalled_ = 0;
  }
  const std::int64_t gap = held(0).begin - position_;
  if (gap > 0 && (resting_ || gap_is_silence(gap) || gap > kMaxConcealed)) {
    state_ = State::Waiting;
    stalled_ = 0;
    if (!may_start(now)) return silence(missing);
    state_ = State::Playing;
    forget_played();  // The packet at position_ may be comfort noise.
    if (count_ == 0) return underrun(missing);
  }
  if (buffered_end_ < position_ + kUnitsPerTick) return underrun(missing);  // The rest of this tick may still come.
  if (hole_may_fill(now)) {
    stalled_ += missing;
    return conceal(missing);
  }
  if (held(0).begin > position_) {  // Only up to the next packet, so that packets and ticks are aligned as before.
    const std::int64_t begin = position_, missing_here = held(0).begin - begin, units = std::min(missing_here, kUnitsPerTick);
    Pull pull = conceal(units);
    if (machine_ && !held(0).packed) {
      stalled_ = units;  // A machine needs all audio: packets that come meanwhile are played later by this time.
    } else {
      position_ += units;
    }
    pull.begin = begin;
    pull.gap = missing_here;
    return pull;
  }
  return frame(now, waiting);
}

Pull JitterBuffer::frame(std::int64_t now, std::int64_t waiting) noexcept {
  Pull pull{.kind = Pull::Kind::Frame, .seam = seam_, .restart = restart_, .timestamp = static_cast<std::uint32_t>(position_ * clock_)};
  const std::int64_t arrival = held(0).arrival;
  const bool is_short = held(0).end - held(0).begin < kUnitsPerTick;
  const std::int64_t gathered = gather(pull) - position_;
  const bool whole = gathered == kUnitsPerTick;
  const std::int64_t played = now + waiting;
  counts_.delay_ms = static_cast<std::uint32_t>(std::max<std::int64_t>(played - delay_.fastest() - position_, 0) / kUnitsPerMs);
  if (whole) wish(now, waiting, pull);
  // The rest of a long packet is concealed alone, so that packets and ticks are aligned again. With short packets that would take many pulls per tick.
  const std::int64_t units = is_short ? kUnitsPerTick : gathered;
  position_ += units;
  if (!whole) return conceal(units);
  concealed_in_row_ = 0;
  ++counts_.frames;
  counts_.jitter_buffer_delay += static_cast<std::uint64_t>(std::max<std::int64_t>(played - arrival, 0) * kUnitsPerTick);
  counts_.jitter_buffer_emitted_count += static_cast<std::uint64_t>(kUnitsPerTick);
  seam_ = restart_ = false;
  return pull;
}

/// Sets the stretch of the frame.
///
/// - Audio is extended until the next pull() can be omitted, which gives packets one more tick.
/// - Audio is shortened by the length that waits, because waiting audio adds delay and gives no packet more time. It is also shortened by whole ticks
///   above the target, the first of which causes one more pull() at once.
/// - Measurements that are a second old do not justify a shortening: if all of the newest packets are slower, the route has become longer.
void JitterBuffer::wish(std::int64_t now, std::int64_t waiting, Pull& pull) noexcept {
  const std::int64_t more = spare(now);
  if (now - wished_at_ < kWishSpacing && more < kUrgent) return;
  if (more >= 0 && more < kUnitsPerTick + kHysteresis && waiting == 0) return;  // As in nearly all ticks: the delay is right.
  const std::int64_t sure = more - (delay_.fastest_lately() - delay_.fastest());
  const bool hurry = sure >= kUrgent;
  pull.urgent = machine_ != hurry;  // One rough join does a machine no harm, but many in a row would remove consonants.
  if (now - wished_at_ < kWishSpacing && (!hurry || now == wished_at_)) return;  // At most one join per tick keeps speech intelligible.
  if (more < 0) {
    pull.stretch = std::max(kUnitsPerTick - waiting, kLeastGrowth);
  } else if (sure >= kHysteresis) {
    const bool has_more = buffered_end_ - position_ >= 2 * kUnitsPerTick;
    pull.stretch = -waiting - (has_more ? (sure - kHysteresis) / kUnitsPerTick * kUnitsPerTick : 0);
  }
  if (pull.stretch != 0) wished_at_ = now;
}

void JitterBuffer::on_stretched(std::int64_t units) noexcept {
  auto& count = units > 0 ? counts_.inserted_samples_for_deceleration : counts_.removed_samples_for_acceleration;
  count += static_cast<std::uint64_t>(std::abs(units));
}

void JitterBuffer::hold_longer(std::int64_t units) noexcept { held_longer_ = std::clamp<std::int64_t>(units, 0, kMaxHeldLonger); }

/// Gathers one tick from position_ on out of the packets that cover it. Returns the end of the gathered part. It ends early if a
/// packet is missing or has another payload type.
std::int64_t JitterBuffer::gather(Pull& pull) noexcept {
  const std::int64_t end = position_ + kUnitsPerTick;
  const Held& first = held(0);
  pull.payload_type = first.payload_type;
  pull.packed = first.packed;
  if (first.begin <= position_ && first.end >= end) {  // As in nearly all ticks: one packet has all of it, so that no copy is needed.
    if (!first.packed) pull.payload = ring_.payload(first.place + static_cast<Ring::Place>(position_ - first.begin), frame_.size());
    passed_sequence_ = std::max(passed_sequence_, first.sequence);
    return end;
  }
  if (!first.packed) pull.payload = frame_;
  std::int64_t at = position_;
  for (std::size_t i = 0; i < count_ && at < end; ++i) {
    const Held& packet = held(i);
    if (packet.end <= at) continue;
    if (packet.begin > at || packet.payload_type != pull.payload_type || packet.packed != pull.packed) break;
    const std::int64_t size = std::min(packet.end, end) - at;
    if (!packet.packed) {
      const auto octets = ring_.payload(packet.place + static_cast<Ring::Place>(at - packet.begin), static_cast<std::size_t>(size));
      std::copy(octets.begin(), octets.end(), frame_.begin() + static_cast<std::ptrdiff_t>(at - position_));
    }
    passed_sequence_ = std::max(passed_sequence_, packet.sequence);
    at += size;
  }
  return at;
}

Piece JitterBuffer::piece_of(const Held& packet, std::int64_t begin, std::int64_t end) const noexcept {
  return {.payload = ring_.payload(packet.place, packet.size), .payload_type = packet.payload_type, .packet = packet.begin,
          .from = begin - packet.begin, .units = end - begin};
}

/// Chooses packets as gather() does. By now position_ is the end of the frame, and its packets are held until the next pull().
Piece JitterBuffer::piece(std::int64_t at) const noexcept {
  const std::int64_t begin = position_ - kUnitsPerTick + at;
  for (std::size_t i = 0; i < count_; ++i) {
    if (held(i).end > begin) return piece_of(held(i), begin, std::min(held(i).end, position_));
  }
  return {};
}

Piece JitterBuffer::after_gap() const noexcept {
  if (count_ == 0 || !held(0).packed) return {};
  return piece_of(held(0), held(0).begin, held(0).end);
}

/// Returns whether comfort noise or a key is the last packet held.
bool JitterBuffer::ends_in_silence() const noexcept { return count_ != 0 && held(count_ - 1).end == held(count_ - 1).begin; }

/// Handles a buffer with less than a tick of audio. It conceals only the missing part of this tick, so that packets and ticks are aligned again afterwards.
Pull JitterBuffer::underrun(std::int64_t units) noexcept {
  if (ends_in_silence()) {
    position_ = buffered_end_;
    forget_played();
  }
  if (resting_) {
    if (count_ == 0) state_ = State::Empty;
    return silence(units);
  }
  stalled_ += units;
  if (concealed_in_row_ >= kMaxConcealed) {
    if (count_ != 0) position_ = buffered_end_;  // Less than a tick remains, and its other part will not come.
    forget_played();
    state_ = State::Empty;
    stalled_ = 0;
    return silence(units);
  }
  return conceal(units);
}

Pull JitterBuffer::conceal(std::int64_t units) noexcept {
  const std::int64_t before = concealed_in_row_;
  concealed_in_row_ += units;
  ++counts_.concealed;
  counts_.concealment_events += before == 0 ? 1 : 0;
  counts_.concealed_samples += static_cast<std::uint64_t>(units);
  counts_.silent_concealed_samples +=
      static_cast<std::uint64_t>(std::clamp<std::int64_t>(concealed_in_row_ - std::max(before, kConcealmentFades), 0, units));
  return Pull{.kind = Pull::Kind::Conceal, .units = units};
}

Pull JitterBuffer::silence(std::int64_t units) noexcept {
  ++counts_.silent;
  return Pull{.kind = Pull::Kind::Silence, .units = units};
}

JitterStatistics JitterBuffer::statistics() const noexcept {
  JitterStatistics counts = counts_;
  counts.inbox_full = inbox_full_.load(std::memory_order_relaxed);
  counts.duplicate += repeated_.load(std::memory_order_relaxed);
  counts.refused_payload = refused_payload_.load(std::memory_order_relaxed);
  counts.target_ms = static_cast<std::uint32_t>(std::min(delay_.target(), most_held_) / kUnitsPerMs);
  return counts;
}

void JitterBuffer::prefetch_links() const noexcept {
  ring_.prefetch_links();
  base::prefetch_between(&first_, frame_.data());
}

void JitterBuffer::prefetch() const noexcept {
  ring_.prefetch(held(0).place, sizeof(Arrived) + static_cast<std::size_t>(kUnitsPerTick));
  for (std::size_t i = 0; i <= std::min<std::size_t>(count_, 2); ++i) base::prefetch(held(i));
  base::prefetch_between(&state_, &delay_);
  delay_.prefetch();
  base::prefetch(counts_);
}

bool JitterBuffer::is_consistent() const noexcept {
  if (count_ > kMaxBufferedPackets || (state_ == State::Waiting && count_ == 0)) return false;
  for (std::size_t i = 0; i < count_; ++i) {
    if (ring_.next() - held(i).place > kRingOctets || held(i).end < held(i).begin) return false;
    if (i > 0 && held(i - 1).begin >= held(i).begin) return false;
  }
  if (count_ != 0 && buffered_end_ != latest_end()) return false;
  return state_ == State::Empty ? count_ == 0 : ssrc_.has_value();
}

}  // namespace offhook::inline v0::rtp
