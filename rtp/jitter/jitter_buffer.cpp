#include <offhook/rtp/jitter/jitter_buffer.hpp>

#include <algorithm>
#include <cstdlib>

namespace offhook::inline v0::rtp {

// --- receiving thread ------------------------------------------------------------------------------------------------------

bool JitterBuffer::put(const Packet& packet, base::TimePoint arrival, PacketContent content, PayloadTiming timing) noexcept {
  const auto result = inbox_.try_put(packet, arrival, content, timing);
  if (result == PacketInbox::PutResult::Full) inbox_.count_full();
  return result == PacketInbox::PutResult::Taken;
}

bool JitterBuffer::put_or_push_out(const Packet& packet, base::TimePoint arrival, PacketContent content, PayloadTiming timing) noexcept {
  const auto result = inbox_.try_put(packet, arrival, content, timing);
  if (result != PacketInbox::PutResult::Full) return result == PacketInbox::PutResult::Taken;
  take_in();
  return put(packet, arrival, content, timing);
}

// --- ticking thread: packets that come in -----------------------------------------------------------------------------------

void JitterBuffer::reset() noexcept {
  ArrivedPacket arrived;
  for (Place place = 0; inbox_.try_take(arrived, place);) {}
  forget_stream();
  free_ring();
}

void JitterBuffer::forget_stream() noexcept {
  held_.clear();
  timeline_.end();
  decision_.end_stream();
  restart_ = true;
}

void JitterBuffer::begin_stream(const ArrivedPacket& packet) noexcept {
  if (timeline_.has_stream()) ++counts_.resets;
  forget_stream();
  timeline_.begin(packet);
  decision_.begin_stream();
  delay_.begin_stream();
}

void JitterBuffer::take_in() noexcept {
  // Removes played packets first. Otherwise they would count as held packets when space is short, and as audio at the same time as a key.
  decision_.forget_played_if_playing();
  ArrivedPacket arrived;
  for (Place place = 0; inbox_.try_take(arrived, place);) accept(arrived, place);
  free_ring();
}

inline bool JitterBuffer::passes_check(const ArrivedPacket& packet) noexcept {
  switch (timeline_.check(packet)) {
    case StreamTimeline::Check::Continues: return true;
    case StreamTimeline::Check::Starts: begin_stream(packet); return true;
    case StreamTimeline::Check::Suspect: ++counts_.suspect; return false;
  }
  return false;
}

void JitterBuffer::accept(const ArrivedPacket& arrived, Place place) noexcept {
  ++counts_.packets;
  const auto content = static_cast<PacketContent>(arrived.content);
  if (content == PacketContent::Key) return accept_key(arrived, place);
  if (!passes_check(arrived)) return;
  std::int64_t units = 0;
  if (content != PacketContent::ComfortNoise) units = arrived.units != 0 ? arrived.units : arrived.size;
  const auto at = timeline_.place(arrived, units);
  delay_.on_packet(arrived.arrival, arrived.arrival - at.begin, at.overtaken);
  if (units != 0) delay_.on_size(units, arrived.size);
  insert({.arrival = arrived.arrival, .begin = at.begin, .end = at.begin + units, .sequence = at.sequence, .place = place,
          .payload_type = arrived.payload_type, .content = content, .packed = arrived.units != 0, .size = arrived.size},
         at.overtaken);
}

/// Accepts a packet of a key. The sender's audio ends at the key, and the sequence numbers of the key's packets are not losses.
void JitterBuffer::accept_key(const ArrivedPacket& arrived, Place place) noexcept {
  const auto at = timeline_.place_of_key(arrived);
  if (!at) return;
  if (decision_.has_begun() && at->begin <= decision_.position()) {
    if (held_.empty()) decision_.rest(at->sequence);  // If audio is held, the sender sends it at the same time as the key, and does not rest.
    return;
  }
  const std::size_t index = held_.index_of(at->begin);
  if (index == 0 || held_[index - 1].begin != at->begin) {
    return hold({.arrival = arrived.arrival, .begin = at->begin, .end = at->begin, .sequence = at->sequence, .place = place,
                 .payload_type = arrived.payload_type, .content = PacketContent::Key},
                index);
  }
  HeldPacket& same = held_[index - 1];
  if (same.content == PacketContent::Key) same.sequence = std::max(same.sequence, at->sequence);
}

void JitterBuffer::insert(const HeldPacket& packet, bool overtaken) noexcept {
  const std::int64_t position = decision_.position();
  const bool past = packet.content != PacketContent::ComfortNoise ? packet.end <= position : packet.begin < position;
  if (decision_.has_begun() && past) {
    ++(decision_.has_passed(packet.sequence) ? counts_.duplicate : counts_.late);
    return;
  }
  std::size_t at = held_.index_of(packet.begin);
  const auto is_key = [&](std::size_t index) { return held_[index].content == PacketContent::Key; };
  if (at > 0 && held_[at - 1].begin == packet.begin && is_key(at - 1)) held_.remove(--at);  // The sender sends audio at the same time as the key.
  const bool reaches_next = at < held_.size() && held_[at].begin < packet.end && !is_key(at);
  const bool overlaps = packet.packed && ((at > 0 && held_[at - 1].end > packet.begin) || reaches_next);
  if (overlaps || (at > 0 && held_[at - 1].begin == packet.begin)) {
    ++counts_.duplicate;
    return;
  }
  if (overtaken) ++counts_.reordered;
  hold(packet, at);
}

/// Inserts the packet at index `at`. Removes the oldest packet if there is no space.
void JitterBuffer::hold(const HeldPacket& packet, std::size_t at) noexcept {
  if (held_.full()) {
    if (at == 0) {  // The new packet is the oldest.
      ++counts_.overflowed;
      return;
    }
    overflow(0);
    --at;
  }
  held_.insert(packet, at);
  decision_.on_held();
}

void JitterBuffer::overflow(std::size_t index) noexcept {
  ++counts_.overflowed;
  held_.remove_and_measure(index);
  decision_.on_overflow(index);
}

/// Frees the ring places of payloads that were already played. While too little space remains for arriving packets, removes the held packet with the
/// earliest arrival. That packet is old, or has a wrong timestamp that is far in the future.
void JitterBuffer::free_ring() noexcept {
  if (inbox_.used() < kInboxOctets) return;  // The search for the oldest packet costs time, and need not run in each tick.
  while (!held_.empty()) {
    const std::size_t oldest = held_.oldest();
    const Place place = held_[oldest].place;
    if (inbox_.next() - place <= PacketInbox::most_kept(delay_.packet_octets())) return inbox_.free_before(place);
    overflow(oldest);
  }
  inbox_.free_before(inbox_.next());
}

// --- ticking thread: audio that goes out ------------------------------------------------------------------------------------

Pull JitterBuffer::pull(base::TimePoint now, std::int64_t waiting) noexcept {
  take_in();
  const std::int64_t at = to_units(now);
  waiting = std::clamp<std::int64_t>(waiting, 0, kUnitsPerTick - 1);
  const auto decision = decision_.decide(at, waiting);
  switch (decision.what) {
    case TickDecision::What::Play: return frame(at, waiting);
    case TickDecision::What::Conceal: return conceal(decision.units, decision.begin, decision.gap);
    case TickDecision::What::Silence: break;
  }
  return silence(decision.units);
}

Pull JitterBuffer::frame(std::int64_t now, std::int64_t waiting) noexcept {
  const std::int64_t position = decision_.position(), played = now + waiting, arrival = held_.front().arrival;
  const bool is_short = held_.front().end - held_.front().begin < kUnitsPerTick;
  Pull pull{.kind = Pull::Kind::Frame, .seam = decision_.is_seam(), .restart = restart_, .timestamp = timeline_.timestamp_of(position)};
  const auto gathered = frames_.gather(position, pull);
  decision_.pass(gathered.newest);
  counts_.delay_ms = static_cast<std::uint32_t>(std::max<std::int64_t>(played - delay_.fastest() - position, 0) / DelayEstimator::kUnitsPerMs);
  if (gathered.end < position + kUnitsPerTick) {
    // Conceals only the remaining part of a long packet, so that packets and ticks are aligned again. For short packets, this would need many pulls
    // per tick.
    const std::int64_t units = is_short ? kUnitsPerTick : gathered.end - position;
    decision_.move_to(position + units);
    return conceal(units);
  }
  stretch_.decide(now, waiting, position, held_.end(), pull);
  decision_.on_frame();
  ++counts_.frames;
  counts_.jitter_buffer_delay += static_cast<std::uint64_t>(std::max<std::int64_t>(played - arrival, 0) * kUnitsPerTick);
  counts_.jitter_buffer_emitted_count += static_cast<std::uint64_t>(kUnitsPerTick);
  restart_ = false;
  return pull;
}

void JitterBuffer::on_stretched(std::int64_t units) noexcept {
  auto& count = units > 0 ? counts_.inserted_samples_for_deceleration : counts_.removed_samples_for_acceleration;
  count += static_cast<std::uint64_t>(std::abs(units));
}

Pull JitterBuffer::conceal(std::int64_t units, std::int64_t begin, std::int64_t gap) noexcept {
  const std::int64_t before = decision_.on_concealed(units), after = before + units;
  ++counts_.concealed;
  counts_.concealment_events += before == 0 ? 1 : 0;
  counts_.concealed_samples += static_cast<std::uint64_t>(units);
  counts_.silent_concealed_samples += static_cast<std::uint64_t>(std::clamp<std::int64_t>(after - std::max(before, kConcealmentFades), 0, units));
  return Pull{.kind = Pull::Kind::Conceal, .units = units, .begin = begin, .gap = gap};
}

Pull JitterBuffer::silence(std::int64_t units) noexcept {
  ++counts_.silent;
  return Pull{.kind = Pull::Kind::Silence, .units = units};
}

JitterStatistics JitterBuffer::statistics() const noexcept {
  JitterStatistics counts = counts_;
  inbox_.fill(counts);
  counts.target_ms = static_cast<std::uint32_t>(delay_.for_jitter() / DelayEstimator::kUnitsPerMs);
  return counts;
}

void JitterBuffer::prefetch_links() const noexcept {
  inbox_.prefetch_links();
  held_.prefetch_links();
}

void JitterBuffer::prefetch() const noexcept {
  inbox_.prefetch(held_.front().place);
  held_.prefetch();
  base::prefetch_between(&decision_, &delay_);
  delay_.prefetch();
  base::prefetch_between(&stretch_, this + 1);
}

bool JitterBuffer::is_consistent() const noexcept {
  return held_.is_consistent(inbox_.next()) && decision_.is_consistent() && (decision_.is_empty() || timeline_.has_stream());
}

}  // namespace offhook::inline v0::rtp
