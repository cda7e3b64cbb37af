#pragma once

#include <offhook/agent/support/wall_time.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/sip/model/wire_message.hpp>

#include <cstddef>
#include <string>

namespace offhook::inline v0::agent::capture {

using Direction = sip::WireMessage::Direction;

/// One SIP message, or the beginning of a packet of RTP or RTCP, as the sinks of a capture get it: the secrets of a message are masked.
struct Packet {
  Direction direction = Direction::Received;
  WallTime at{};
  sip::Transport transport = sip::Transport::Udp;
  base::SocketAddress local, remote;  ///< of one family
  std::string octets;
  std::size_t size = 0;  ///< octets on the wire. A packet of media has more than `octets`, which are its beginning

  [[nodiscard]] const base::SocketAddress& source() const { return direction == Direction::Sent ? local : remote; }
  [[nodiscard]] const base::SocketAddress& destination() const { return direction == Direction::Sent ? remote : local; }
};

}  // namespace offhook::inline v0::agent::capture
