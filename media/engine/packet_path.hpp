#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/send/sendout.hpp>
#include <offhook/rtp/translator.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// Stands between the sockets of one leg and its stream. It removes and adds the protection of packets, and exchanges datagrams of its own with the
/// peer and servers, for example STUN and DTLS. A leg without a path passes its datagrams on unchanged. Pure: no clock, no I/O. The leg's worker calls all
/// functions; none of them allocates or waits. Another thread may make and destroy the object.
class PacketPath {
 public:
  /// Octets that protect() may add: an authentication tag, an SRTCP index, an MKI (RFC 3711 sections 3.1 and 3.4), and the ChannelData header
  /// (RFC 8656 section 12.4).
  static constexpr std::size_t kMaxAddedOctets = 64;
  /// The longest datagram that a leg sends.
  static constexpr std::size_t kMaxOctets = std::max(kMaxDatagramOctets, rtp::kMaxPassedOctets) + kMaxAddedOctets;

  /// The most datagrams of the path itself that a leg sends in one tick. Further datagrams follow in the next ticks, so that one path cannot delay
  /// other legs.
  static constexpr int kMaxOwnDatagrams = 64;

  /// The decision about a received datagram.
  enum class Verdict : std::uint8_t {
    Rtp,        ///< to the stream, as a packet of RTP
    Rtcp,       ///< to the stream, as a packet of RTCP
    Consumed,   ///< the datagram was for the path itself
    Refused,    ///< the protection is wrong: the leg counts and drops the datagram
  };
  struct Received {
    Verdict verdict = Verdict::Refused;
    base::Bytes packet{};        ///< for Rtp and Rtcp, the packet without protection; borrowed from the datagram
  };
  /// A datagram of the path itself.
  struct Own {
    Channel channel = Channel::Rtp;
    base::SocketAddress to;
    base::Bytes octets;          ///< at most kMaxOctets, in the path's memory, valid until another function of the path runs
  };

  virtual ~PacketPath() = default;

  /// Takes a datagram that came from `from` at `now` on the socket of `channel`. May change the octets. If the datagram was too long to read, `datagram`
  /// is empty.
  [[nodiscard]] virtual Received on_datagram(Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint now) = 0;
  /// Protects the packet in the first `size` octets of `room`, which has kMaxAddedOctets more, before it is sent. Returns its new size, or nullopt if
  /// the packet must not leave: the leg counts it as not sent.
  [[nodiscard]] virtual std::optional<std::size_t> protect(Channel channel, std::span<std::uint8_t> room, std::size_t size) = 0;
  /// Returns the next datagram of the path itself, which the leg sends unchanged, or nullopt. The leg calls it in each tick, after on_time(), and once
  /// more after its RTCP BYE. If a datagram is too long, the leg counts it as not sent.
  [[nodiscard]] virtual std::optional<Own> poll_transmit() = 0;
  /// The leg calls it in each of its ticks, about 20 ms apart, even before the stream starts. `now` is never before the `now` of an earlier datagram.
  virtual void on_time(base::TimePoint now) = 0;
  /// Returns true if the path needs no datagrams of other sources than the peer. The leg may then tie its socket to the peer, which saves time, so that other
  /// sources' datagrams are not read. A path with ICE needs them: RFC 8445 section 7.3.
  [[nodiscard]] virtual bool hears_only_peer() const { return false; }
};

}  // namespace offhook::inline v0::media
