#include <offhook/rtp/jitter/packet_inbox.hpp>

#include <algorithm>
#include <cstdlib>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::uint32_t kFarthestBehind = kRememberedPackets * 9600;  // limit of the age of remembered packets, in any RTP clock: 200 ms each at 48 kHz

}  // namespace

bool RecentPackets::has(const Packet& packet) noexcept {
  const auto behind = static_cast<std::uint16_t>(newest_ - packet.sequence);
  if (came_ == 0 || ssrc_ != packet.ssrc || behind >= kRememberedPackets) return false;
  if (timestamp_ - packet.timestamp > kFarthestBehind) came_ = 0;
  return (came_ >> behind & 1U) != 0;
}

void RecentPackets::add(const Packet& packet) noexcept {
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

PacketInbox::PutResult PacketInbox::try_put(const Packet& packet, base::TimePoint arrival, PacketContent content, PayloadTiming timing) noexcept {
  const std::size_t most = timing.units == 0 ? kMaxPayloadOctets : kMaxPackedOctets;
  const base::Bytes payload = content == PacketContent::Key ? base::Bytes{} : packet.payload;
  if (packet.payload.empty() || payload.size() > most || timing.units > kMaxPackedUnits) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return PutResult::Refused;
  }
  if (recent_.has(packet)) {
    repeated_.fetch_add(1, std::memory_order_relaxed);
    return PutResult::Taken;
  }
  const ArrivedPacket arrived{.arrival = to_units(arrival), .timestamp = packet.timestamp, .ssrc = packet.ssrc, .sequence = packet.sequence,
                              .size = static_cast<std::uint16_t>(payload.size()), .units = timing.units, .payload_type = packet.payload_type,
                              .content = static_cast<std::uint8_t>(static_cast<unsigned>(content) & 0xFU),
                              .clock = static_cast<std::uint8_t>(timing.clock & 0xFU)};
  if (!ring_.try_push(arrived, payload)) return PutResult::Full;
  recent_.add(packet);
  return PutResult::Taken;
}

std::size_t PacketInbox::most_kept(std::size_t packet_octets) noexcept {
  return kRingOctets - std::max(kInboxOctets, 2 * (sizeof(ArrivedPacket) + packet_octets));
}

void PacketInbox::fill(JitterStatistics& counts) const noexcept {
  counts.inbox_full = full_.load(std::memory_order_relaxed);
  counts.duplicate += repeated_.load(std::memory_order_relaxed);
  counts.refused_payload = refused_.load(std::memory_order_relaxed);
}

}  // namespace offhook::inline v0::rtp
