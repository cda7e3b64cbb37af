#pragma once

#include <offhook/base/socket_address.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::detail {

[[nodiscard]] inline base::IpAddress to_ours(const boost::asio::ip::address& address) {
  if (address.is_v4()) return base::IpAddress::v4(address.to_v4().to_bytes());
  return base::IpAddress::v6(address.to_v6().to_bytes()).unmapped();
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
