#include <offhook/media/engine/packet_tap.hpp>

#include <offhook/rtp/packet.hpp>

#include <algorithm>

namespace offhook::inline v0::media {

std::size_t tapped_octets(Channel channel, base::Bytes datagram, bool is_protected) {
  constexpr std::size_t kOfOtherProtocol = 20, kOfProtectedRtcp = 8;
  const auto at_most = [&](std::size_t octets) { return std::min({octets, datagram.size(), TappedPacket::kMaxOctets}); };
  if (datagram.size() < kOfProtectedRtcp || datagram[0] >> 6U != 2) return at_most(kOfOtherProtocol);
  if (channel == Channel::Rtcp || rtp::is_rtcp(datagram)) return at_most(is_protected ? kOfProtectedRtcp : datagram.size());
  const std::size_t fixed = rtp::kFixedHeaderOctets + 4 * (datagram[0] & 0x0fU);
  const bool has_extension = (datagram[0] & 0x10U) != 0 && datagram.size() >= fixed + 4;
  const std::size_t words = has_extension ? std::size_t{datagram[fixed + 2]} << 8U | datagram[fixed + 3] : 0;
  return at_most(fixed + (has_extension ? 4 + 4 * words : 0));
}

PacketTap& PacketTaps::add() {
  const std::lock_guard lock(mutex_);
  return *taps_.emplace_back(std::make_unique<PacketTap>());
}

bool PacketTaps::try_take(TappedPacket& packet) {
  const std::lock_guard lock(mutex_);
  return std::any_of(taps_.begin(), taps_.end(), [&packet](const auto& tap) { return tap->try_take(packet); });
}

std::uint64_t PacketTaps::dropped() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& tap : taps_) sum += tap->dropped();
  return sum;
}

}  // namespace offhook::inline v0::media
