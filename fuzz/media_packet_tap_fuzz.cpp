// The input is one datagram of an audio port. Checks that a capture reads only within the datagram, and has no audio of it.
#include "require.hpp"

#include <offhook/media/engine/packet_tap.hpp>
#include <offhook/rtp/nat/demultiplex.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>

#include <algorithm>
#include <cstdint>

using namespace offhook;
using offhook::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::Bytes datagram(data, size);
  const std::size_t kept = media::tapped_octets(datagram, false), kept_of_protected = media::tapped_octets(datagram, true);
  require(kept <= std::min(size, media::TappedPacket::kMaxOctets));
  require(kept_of_protected <= kept);
  const bool is_media = rtp::kind_of(datagram) == rtp::DatagramKind::RtpOrRtcp;
  if (is_media && rtp::is_rtcp(datagram)) require((rtp::CompoundReader::open(datagram) ? kept_of_protected : kept) <= 8);
  if (!is_media || rtp::is_rtcp(datagram)) return 0;
  const auto packet = rtp::parse_packet(datagram);
  require(kept <= (packet ? size - packet->payload.size() : rtp::kFixedHeaderOctets));
  return 0;
}
