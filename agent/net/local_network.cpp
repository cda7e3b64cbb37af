#include <offhook/agent/net/local_network.hpp>

namespace offhook::inline v0::agent::net {

bool is_in_local_network(const base::IpAddress& address) {
  const base::IpAddress plain = address.unmapped();  // An IPv6 socket connects to ::ffff:192.0.2.1 over IPv4.
  const auto first = plain.octets()[0], second = plain.octets()[1];
  if (plain.is_loopback()) return true;
  if (plain.is_v6()) return (first & 0xfeU) == 0xfc || (first == 0xfe && (second & 0xc0U) == 0x80);
  return first == 10 || (first == 172 && second >= 16 && second < 32) || (first == 192 && second == 168) || (first == 169 && second == 254);
}

}  // namespace offhook::inline v0::agent::net
