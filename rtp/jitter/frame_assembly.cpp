#include <offhook/rtp/jitter/frame_assembly.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {

FrameAssembly::Gathered FrameAssembly::gather(std::int64_t position, Pull& pull) noexcept {
  const HeldPacket& first = held_.front();
  pull.payload_type = first.payload_type;
  pull.packed = first.packed;
  if (first.begin > position || first.end < position + kUnitsPerTick) return gather_parts(position, pull);
  // Nearly always, one packet has the whole tick, and no copy is needed.
  if (!first.packed) pull.payload = octets_of(first, position, kUnitsPerTick);
  return {.end = position + kUnitsPerTick, .newest = first.sequence};
}

FrameAssembly::Gathered FrameAssembly::gather_parts(std::int64_t position, Pull& pull) noexcept {
  if (!pull.packed) pull.payload = frame_;
  const std::int64_t end = position + kUnitsPerTick;
  Gathered gathered{.end = position};
  for (std::size_t i = 0; i < held_.size() && gathered.end < end; ++i) {
    const HeldPacket& packet = held_[i];
    const std::int64_t at = gathered.end;
    if (packet.end <= at) continue;
    if (packet.begin > at || packet.payload_type != pull.payload_type || packet.packed != pull.packed) break;
    const std::int64_t size = std::min(packet.end, end) - at;
    if (!packet.packed) {
      const auto octets = octets_of(packet, at, size);
      std::copy(octets.begin(), octets.end(), frame_.begin() + static_cast<std::ptrdiff_t>(at - position));
    }
    gathered = {.end = at + size, .newest = std::max(gathered.newest, packet.sequence)};
  }
  return gathered;
}

Piece FrameAssembly::piece_of(const HeldPacket& packet, std::int64_t begin, std::int64_t end) const noexcept {
  return {.payload = inbox_.payload(packet.place, packet.size), .payload_type = packet.payload_type, .packet = packet.begin,
          .from = begin - packet.begin, .units = end - begin};
}

/// Chooses packets as gather() does.
Piece FrameAssembly::piece(std::int64_t end, std::int64_t at) const noexcept {
  const std::int64_t begin = end - kUnitsPerTick + at;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    if (held_[i].end > begin) return piece_of(held_[i], begin, std::min(held_[i].end, end));
  }
  return {};
}

Piece FrameAssembly::after_gap() const noexcept {
  if (held_.empty() || !held_.front().packed) return {};
  return piece_of(held_.front(), held_.front().begin, held_.front().end);
}

}  // namespace offhook::inline v0::rtp
