#include <offhook/media/engine/packet_tap.hpp>

#include <offhook/rtp/nat/demultiplex.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>

#include <algorithm>

namespace offhook::inline v0::media {

namespace {

/// Returns the octets of the header of RTP with CSRCs and extension, and only the fixed header of a packet that is not valid.
std::size_t rtp_header_octets(base::Bytes datagram) {
  const auto packet = rtp::parse_packet(datagram);
  return packet ? datagram.size() - packet->payload.size() - packet->padding : rtp::kFixedHeaderOctets;
}

/// The marker and payload type of an RTP packet can look like an RTCP type. Therefore only a valid compound certainly has no audio.
std::size_t rtcp_octets(base::Bytes datagram, bool is_protected) {
  constexpr std::size_t kClearOfSrtcp = 8;
  return !is_protected && rtp::CompoundReader::open(datagram) ? datagram.size() : kClearOfSrtcp;
}

std::size_t readable_octets(base::Bytes datagram, bool is_protected) {
  constexpr std::size_t kStunHeader = 20, kDtlsHeaders = 13 + 12, kOther = 4;
  switch (rtp::kind_of(datagram)) {
    case rtp::DatagramKind::RtpOrRtcp:
      return rtp::is_rtcp(datagram) ? rtcp_octets(datagram, is_protected) : rtp_header_octets(datagram);
    case rtp::DatagramKind::Stun: return kStunHeader;
    case rtp::DatagramKind::Dtls: return kDtlsHeaders;
    case rtp::DatagramKind::TurnChannel:
    case rtp::DatagramKind::Zrtp:
    case rtp::DatagramKind::Unknown: break;
  }
  return kOther;
}

}  // namespace

std::size_t tapped_octets(base::Bytes datagram, bool is_protected) {
  return std::min({readable_octets(datagram, is_protected), datagram.size(), TappedPacket::kMaxOctets});
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
