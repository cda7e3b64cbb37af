#include <offhook/rtp/jitter/stream_timeline.hpp>

#include <algorithm>
#include <cstdlib>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::int64_t kMaxTransitJump = kUnitHz;  // one second; a larger jump of the timestamp needs a confirmation

}  // namespace

StreamTimeline::Check StreamTimeline::check(const ArrivedPacket& packet) noexcept {
  // Timestamps of different clocks cannot be compared. The sender changed to a codec with another clock.
  if (ssrc_ != packet.ssrc || clock_ != packet.clock) return Check::Starts;
  const std::int64_t begin = in_units(timestamps_.peek(packet.timestamp));
  if (std::abs(packet.arrival - begin - last_transit_) <= kMaxTransitJump || has_known_place(packet, begin)) {
    suspect_.reset();
    return Check::Continues;
  }
  if (confirms_jump(packet)) return Check::Starts;
  suspect_ = Suspect{packet.sequence, packet.timestamp};
  return Check::Suspect;
}

/// Returns true if the audio's place in time is known, even if the network delivers the packet very late. It is known if timestamp and sequence
/// number advanced equally since the previous packet. It is also known after a talk pause: both advanced, and the timestamp advanced by less than the
/// time that passed.
bool StreamTimeline::has_known_place(const ArrivedPacket& packet, std::int64_t begin) const noexcept {
  const std::int64_t packets = sequences_.peek(packet.sequence) - last_sequence_, advance = begin - last_begin_;
  if (std::abs(packets) > kMaxDropout) return false;
  const bool is_late = packet.arrival - begin >= last_transit_;
  return std::abs(advance - packets * packet_units_) <= kMaxTransitJump || (packets > 0 && advance >= 0 && is_late);
}

bool StreamTimeline::confirms_jump(const ArrivedPacket& packet) const noexcept {
  if (!suspect_ || static_cast<std::uint16_t>(suspect_->sequence + 1) != packet.sequence) return false;
  return std::abs(static_cast<std::int64_t>(static_cast<std::int32_t>(packet.timestamp - suspect_->timestamp))) <= kMaxTransitJump * clock_;
}

void StreamTimeline::begin(const ArrivedPacket& packet) noexcept {
  end();
  ssrc_ = packet.ssrc;
  clock_ = std::max<std::uint8_t>(packet.clock, 1);
  timestamps_.reset();
  sequences_.reset();
  highest_sequence_ = 0;
}

void StreamTimeline::end() noexcept {
  ssrc_.reset();
  suspect_.reset();
}

StreamTimeline::Place StreamTimeline::place(const ArrivedPacket& packet, std::int64_t units) noexcept {
  last_begin_ = in_units(timestamps_.unwrap(packet.timestamp));
  last_sequence_ = sequences_.unwrap(packet.sequence);
  last_transit_ = packet.arrival - last_begin_;
  if (units != 0) packet_units_ = units;
  const bool overtaken = is_overtaken(last_sequence_);
  if (!overtaken) highest_sequence_ = last_sequence_;
  return {.begin = last_begin_, .sequence = last_sequence_, .overtaken = overtaken};
}

/// Returns true if a later packet has already come. A number that is lower by more shows that the sender restarted: RFC 3550 appendix A.1.
bool StreamTimeline::is_overtaken(std::int64_t sequence) const noexcept {
  return sequence < highest_sequence_ && highest_sequence_ - sequence < kMaxMisorder;
}

std::optional<StreamTimeline::Place> StreamTimeline::place_of_key(const ArrivedPacket& packet) const noexcept {
  if (ssrc_ != packet.ssrc || clock_ != packet.clock) return std::nullopt;  // Only audio starts a stream.
  const std::int64_t begin = in_units(timestamps_.peek(packet.timestamp));
  if (std::abs(packet.arrival - begin - last_transit_) > kMaxTransitJump) return std::nullopt;
  return Place{.begin = begin, .sequence = sequences_.peek(packet.sequence)};
}

}  // namespace offhook::inline v0::rtp
