#pragma once

#include <offhook/agent/support/wall_time.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/sip/model/wire_message.hpp>

#include <cstddef>
#include <string>

namespace offhook::inline v0::agent::capture {

using Direction = sip::WireMessage::Direction;

/// One SIP message with its secrets masked, or the beginning of one datagram of an audio port.
struct Packet {
  Direction direction = Direction::Received;
  WallTime at{};
  sip::Transport transport = sip::Transport::Udp;
  base::SocketAddress local, remote;  ///< both of the same address family
  std::string octets;
  std::size_t size = 0;  ///< octets on the wire; 0: octets.size()

  [[nodiscard]] const base::SocketAddress& source() const { return direction == Direction::Sent ? local : remote; }
  [[nodiscard]] const base::SocketAddress& destination() const { return direction == Direction::Sent ? remote : local; }
};

}  // namespace offhook::inline v0::agent::capture
