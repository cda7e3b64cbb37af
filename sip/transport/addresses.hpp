#pragma once

#include <offhook/base/socket_address.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::sip::detail {

/// Converts `::ffff:192.0.2.1` to `192.0.2.1`. A socket bound to `::` reports IPv4 peers in the mapped form
/// (RFC 4291 section 2.5.5.2). In a message, that form would be wrong, and it never equals the peer's real address.
[[nodiscard]] inline base::IpAddress unmapped(const base::IpAddress& address) {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const auto& octets = address.octets();
  if (address.is_v4() || !std::equal(kMapped.begin(), kMapped.end(), octets.begin())) return address;
  return base::IpAddress::v4({octets[12], octets[13], octets[14], octets[15]});
}

[[nodiscard]] inline base::IpAddress to_ours(const boost::asio::ip::address& address) {
  if (address.is_v4()) return base::IpAddress::v4(address.to_v4().to_bytes());
  return unmapped(base::IpAddress::v6(address.to_v6().to_bytes()));
}

[[nodiscard]] inline boost::asio::ip::address to_asio(const base::IpAddress& address) {
  if (address.is_v6()) return boost::asio::ip::address_v6(address.octets());
  boost::asio::ip::address_v4::bytes_type four{};
  std::copy_n(address.octets().begin(), four.size(), four.begin());
  return boost::asio::ip::address_v4(four);
}

template <class Protocol>
[[nodiscard]] boost::asio::ip::basic_endpoint<Protocol> to_asio(const base::SocketAddress& address) {
  return {to_asio(address.ip), address.port};
}

template <class Protocol>
[[nodiscard]] base::SocketAddress to_ours(const boost::asio::ip::basic_endpoint<Protocol>& endpoint) {
  return {to_ours(endpoint.address()), endpoint.port()};
}

}  // namespace offhook::inline v0::sip::detail
