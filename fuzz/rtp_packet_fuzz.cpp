// The input is one RTP packet. Checks that the parser reads only within the packet, and that a parsed packet does not change when it is written.
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/telephone_event.hpp>

#include <algorithm>
#include <cstdlib>
#include <vector>

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::Bytes datagram(data, size);
  (void)rtp::is_rtcp(datagram);
  (void)rtp::parse_telephone_event(datagram);
  const auto packet = rtp::parse_packet(datagram);
  if (!packet) return 0;
  std::vector<std::uint8_t> out(size);
  const auto written = rtp::write_packet(*packet, out);
  if (!written || *written != size) std::abort();
  const std::size_t compared = size - packet->padding;   // All octets of padding except the last one may have any value.
  if (!std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(compared), data)) std::abort();
  if (packet->padding != 0 && out.back() != data[size - 1]) std::abort();
  if (size > 0 && rtp::write_packet(*packet, std::span(out).first(size - 1))) std::abort();
  return 0;
}
