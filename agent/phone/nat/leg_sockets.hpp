#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/media/send/sendout.hpp>

#include <array>
#include <cstdint>

namespace offhook::inline v0::phone {

/// The sockets of a leg, in the order of their ICE components (RFC 8445 section 5.1.1.1).
inline constexpr std::array kLegSockets{media::Channel::Rtp, media::Channel::Rtcp};

[[nodiscard]] constexpr std::uint16_t component_of(media::Channel socket) { return socket == media::Channel::Rtcp ? 2 : 1; }

/// Returns the address of one socket of a leg with the RTP address `rtp`: RTCP has the next port (RFC 3550 section 11).
[[nodiscard]] inline base::SocketAddress address_of(media::Channel socket, base::SocketAddress rtp) {
  if (socket == media::Channel::Rtcp) ++rtp.port;
  return rtp;
}

}  // namespace offhook::inline v0::phone
