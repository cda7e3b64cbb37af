#pragma once

#include <offhook/sip/model/flow.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>

namespace offhook::inline v0::sip {

/// One message as it passed a socket, for captures and traces. It contains secrets, such as the response to a challenge.
struct WireMessage {
  enum class Direction : std::uint8_t { Received, Sent };

  Direction direction = Direction::Received;
  std::chrono::system_clock::time_point at;  ///< when the edge read it, or gave it to the socket
  const Flow& flow;
  std::string_view octets;  ///< as received or sent, retransmissions included; without TLS and WebSocket framing. Valid until the tap returns
};

/// Gets each message of an edge once, on the edge's thread. It must return at once, and must not throw.
using MessageTap = std::function<void(const WireMessage&)>;

}  // namespace offhook::inline v0::sip
