#include <offhook/agent/capture/ip_packet.hpp>

#include <offhook/agent/capture/network_octets.hpp>

#include <algorithm>
#include <cstdint>

namespace offhook::inline v0::agent::capture {

namespace {

/// Adds the 16-bit numbers of `octets` to a sum of RFC 1071.
std::uint32_t add_up(std::string_view octets, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < octets.size(); ++i) sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(octets[i])) << (i % 2 == 0 ? 8U : 0U);
  return sum;
}
unsigned checksum(std::uint32_t sum) {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16U);
  return ~sum & 0xffff;
}

}  // namespace

std::string ip_packet(const base::SocketAddress& from, const base::SocketAddress& to, std::string_view message, std::size_t payload) {
  constexpr unsigned kUdp = 17, kHops = 64;
  const std::string_view addresses[] = {octets_of(from.ip), octets_of(to.ip)};
  const std::size_t size = std::min(payload, kMostInDatagram) + 8;
  NetworkOctets udp;
  udp.u16(from.port).u16(to.port).u16(size).u16(0).bytes(message);
  const std::uint32_t address_sum = add_up(addresses[1], add_up(addresses[0]));
  if (message.size() + 8 == size) {
    const unsigned sum = checksum(add_up(udp.text(), address_sum + kUdp + static_cast<std::uint32_t>(size)));
    udp.set_u16(6, sum == 0 ? 0xffff : sum);
  } else if (from.ip.is_v6()) {  // The checksum is not known, and IPv6 does not allow 0 (RFC 8200 section 8.1). Readers do not verify it.
    udp.set_u16(6, 0xffff);
  }
  NetworkOctets ip;
  if (from.ip.is_v6()) {
    ip.u32(0x60000000).u16(size).u8(kUdp).u8(kHops);
  } else {
    ip.u8(0x45).u8(0).u16(size + 20).u32(0).u8(kHops).u8(kUdp).u16(0);
    ip.set_u16(10, checksum(add_up(ip.text(), address_sum)));
  }
  return ip.bytes(addresses[0]).bytes(addresses[1]).bytes(udp.text()).text();
}

}  // namespace offhook::inline v0::agent::capture
