#pragma once

#include <offhook/base/socket_address.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::capture {

inline constexpr std::size_t kMostInDatagram = 65535 - 20 - 8;  ///< octets in a UDP datagram over IPv4

/// Returns a UDP datagram (RFC 768) in an IPv4 packet (RFC 791) or an IPv6 packet (RFC 8200), with checksums (RFC 1071). `message` is the beginning of a
/// payload of `payload` octets, and has at most kMostInDatagram octets.
[[nodiscard]] std::string ip_packet(const base::SocketAddress& from, const base::SocketAddress& to, std::string_view message, std::size_t payload);

}  // namespace offhook::inline v0::agent::capture
