#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/prefetch.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/media/send/sendout.hpp>
#include <offhook/rtp/telephone_event.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::media {

/// The size of 20 ms: encoded octets, and units of the codec's RTP clock. PCMU, PCMA and G722: 160 each.
struct TickShape {
  std::uint16_t octets = 160;            ///< at most Packetizer::kMaxOctetsPerTick
  std::uint16_t units = 160;             ///< 960 for Opus: RFC 7587 section 4.1
  friend bool operator==(const TickShape&, const TickShape&) = default;
};

/// Puts 20 ms of octets per tick into RTP packets of any ptime. The packets have one sequence, one SSRC, and a timestamp that advances with the
/// ticks, even if nothing is sent. packet() sends payloads that a codec has packed itself.
class Packetizer {
 public:
  static constexpr std::uint16_t kMinPtimeMs = 10, kMaxPtimeMs = 60;
  static constexpr std::size_t kMaxOctetsPerTick = 640;   ///< L16 at 16 kHz
  static constexpr std::size_t kMaxPayload = 640;         ///< a ptime that needs a longer payload is reduced

  /// Draws SSRC, first sequence number and first timestamp from `random`: RFC 3550 section 5.1. The sequence number is below 2^15 (RFC 4568 section 6.4).
  explicit Packetizer(base::Random& random);

  /// Clamps `ptime_ms` to 10..60, and rounds it down to a multiple of 10. Another shape drops the octets that wait.
  void configure(std::uint8_t payload_type, std::uint16_t ptime_ms, TickShape shape = {});
  /// Takes one tick of audio: exactly as many octets as the shape has.
  void audio(base::Bytes octets, const base::SocketAddress& to, Sendout& out);
  /// Sends a payload unchanged. Its audio starts `begins_ms` after the start of this tick, or before this tick if `begins_ms` is
  /// negative. Does not send a payload that does not fit a datagram.
  void packet(base::Bytes payload, int begins_ms, const base::SocketAddress& to, Sendout& out);
  /// Call it instead of packet() when nothing is sent: the next packet gets the marker, because it ends a silence (RFC 7587 section 4.1).
  void rest() { marker_ = true; }
  /// Sends one packet of a telephone event. Audio that waits for a full packet is sent first.
  void event(const rtp::EventSender::Outgoing& event, std::uint8_t payload_type, const base::SocketAddress& to, Sendout& out);
  /// Sends the description of a silence that starts with this tick: RFC 3389 section 4. Audio that waits is sent first. The next audio packet gets
  /// the marker.
  void silence(base::Bytes description, std::uint8_t payload_type, const base::SocketAddress& to, Sendout& out);
  /// Call it when nothing is sent in this tick. Drops the octets that wait; the next packet gets the marker (RFC 3551 section 4.1).
  void interrupt();
  /// Advances the timestamp by ticks that were left out.
  void skip(std::uint64_t ticks);
  /// Counts a packet that rtp::Translator sent with this packetizer's SSRC, sequence numbers and timestamps.
  void count(std::size_t payload_octets);
  /// Continues our stream after another sender used it. Drops the octets that wait; the next packet gets the marker.
  void go_on(std::uint16_t sequence, std::uint32_t timestamp);
  /// Continues with another SSRC, which counts its packets from 0: RFC 3550 section 6.4.1. The next packet gets the marker, and has a
  /// sequence number below 2^15.
  void begin_ssrc(std::uint32_t ssrc);
  /// Call it once at the end of each tick.
  void end_tick() { timestamp_ += shape_.units; }

  /// Returns the number of ticks until the packet with the next octets is sent.
  [[nodiscard]] std::uint64_t ticks_until_sent() const;
  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  /// Returns the sequence number of the next packet.
  [[nodiscard]] std::uint16_t sequence() const { return sequence_; }
  /// Returns the timestamp of the first sample of this tick.
  [[nodiscard]] std::uint32_t timestamp() const { return timestamp_; }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t packets_of_ssrc() const { return packets_ - packets_before_; }
  [[nodiscard]] std::uint64_t payload_octets_of_ssrc() const { return payload_octets_ - payload_octets_before_; }
  [[nodiscard]] std::uint64_t datagram_octets() const { return datagram_octets_; }
  /// Prefetches the data that the next tick uses, for packets of 20 ms.
  void prefetch() const { base::prefetch(this, offsetof(Packetizer, pending_) + TickShape{}.octets); }

 private:
  void emit_pending(const base::SocketAddress& to, Sendout& out);
  [[nodiscard]] std::uint32_t units_of(std::size_t octets) const {
    return static_cast<std::uint32_t>(octets * shape_.units / shape_.octets);
  }
  void emit(base::Bytes payload, std::uint8_t payload_type, std::uint32_t timestamp, bool marker, const base::SocketAddress& to, Sendout& out);

  std::uint32_t ssrc_, timestamp_;
  std::uint16_t sequence_;
  std::uint8_t payload_type_ = 0;
  TickShape shape_;
  std::size_t packet_octets_ = TickShape{}.octets;
  bool marker_ = true;
  std::size_t pending_size_ = 0;
  std::uint64_t packets_ = 0, payload_octets_ = 0, datagram_octets_ = 0;
  std::uint64_t packets_before_ = 0, payload_octets_before_ = 0;  // counts under earlier SSRCs
  std::array<std::uint8_t, kMaxPayload> pending_{};   // less than a packet, plus one tick
};

}  // namespace offhook::inline v0::media
