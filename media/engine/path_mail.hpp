#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/spsc_ring.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/order_box.hpp>
#include <offhook/media/engine/packet_path.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::media {

/// A STUN, TURN or DTLS datagram.
struct PathDatagram {
  static constexpr std::size_t kMaxOctets = 1500;

  Channel channel = Channel::Rtp;      ///< the socket of the leg
  base::SocketAddress peer;            ///< source of a received datagram, destination of a datagram to send
  base::TimePoint arrival{};           ///< only for a received datagram
  std::uint16_t size = 0;
  std::array<std::uint8_t, kMaxOctets> octets{};

  [[nodiscard]] base::Bytes bytes() const { return base::Bytes(octets).first(size); }
  /// Copies the octets. Returns false if they do not fit.
  [[nodiscard]] bool set(base::Bytes bytes) {
    if (bytes.size() > octets.size()) return false;
    size = static_cast<std::uint16_t>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), octets.begin());
    return true;
  }
};

/// The path of the packets of a leg, for its two sockets.
struct PathOrder {
  struct Hop {
    base::SocketAddress remote{};      ///< the address to which the leg sends: the peer, or a TURN server
    std::uint16_t channel = 0;         ///< the TURN server's channel for all packets (RFC 8656 section 12); 0: packets are not relayed
    bool pads = false;                 ///< true if the server is reached over TCP or TLS
    friend bool operator==(const Hop&, const Hop&) = default;
  };
  std::array<Hop, 2> hops{};           ///< one hop for each Channel
  PathOrder* next = nullptr;           ///< used by OrderBox

  void merge(PathOrder&) {}
};

/// The datagrams between the worker of a leg and the thread that negotiates ICE and DTLS for the leg. Wait-free on both sides. A full ring drops datagrams, as
/// a network does; STUN and DTLS repeat them. Datagrams from the present path have a separate ring, so that a flood from other sources cannot displace the
/// messages that keep this path alive.
struct PathMail {
  static constexpr std::size_t kCapacity = 16, kCapacityOfPath = 8;

  base::SpscRing<PathDatagram, kCapacityOfPath> received_on_path;   ///< from the worker: datagrams that came on the present path
  base::SpscRing<PathDatagram, kCapacity> received;                 ///< from the worker: datagrams that came from all other sources
  base::SpscRing<PathDatagram, kCapacity> to_send;   ///< to the worker: datagrams that it sends
  /// Negotiating thread: sends a datagram. Drops it if the ring is full or if it is too long.
  void send(Channel channel, const base::SocketAddress& to, base::Bytes octets) {
    PathDatagram letter{channel, to};
    if (letter.set(octets)) (void)to_send.try_push(letter);
  }

  OrderBox<PathOrder> paths;                         ///< to the worker: the paths to use
  std::atomic<bool> hears_all{false};                ///< true if the thread also needs datagrams of other sources than the peer, for ICE (RFC 8445 section 7.3)
};

}  // namespace offhook::inline v0::media
