#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/media/engine/udp_socket.hpp>

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <utility>

namespace offhook_test {

inline const offhook::base::IpAddress kLoopback = offhook::base::IpAddress::v4({127, 0, 0, 1});

inline offhook::media::UdpSocket any_socket() {
  auto socket = offhook::media::UdpSocket::bind({kLoopback, 0});
  REQUIRE(socket);
  return std::move(*socket);
}

inline std::uint16_t port_of(const offhook::media::UdpSocket& socket) {
  sockaddr_in6 address{};  // The port has the same position as in sockaddr_in.
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.sin6_port);
}

}  // namespace offhook_test
