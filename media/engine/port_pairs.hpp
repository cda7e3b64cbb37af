#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/media/engine/udp_socket.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::media {

/// Two bound sockets for one leg: the RTP port is even, and the RTCP port is the next one (RFC 3550 section 11).
struct PortPair {
  UdpSocket rtp, rtcp;
  std::uint16_t port = 0;
};

enum class PortPairError : std::uint8_t {
  NoPort,     ///< none of the pairs that were tried is free
  Refused,    ///< the address cannot be bound, or the process has no descriptors left
};

/// Binds an unpredictable pair of ports within `first` to `last` on `local`: RFC 6056 section 3.3.
[[nodiscard]] base::Result<PortPair, PortPairError> bind_pair(const base::IpAddress& local, std::uint16_t first, std::uint16_t last, base::Random& random);

}  // namespace offhook::inline v0::media
