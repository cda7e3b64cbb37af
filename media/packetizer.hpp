#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/prefetch.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/media/sendout.hpp>
#include <offhook/rtp/telephone_event.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::media {

/// Of 20 ms: what a codec makes of them, and how far its RTP clock goes on. PCMU, PCMA and G722: 160 each.
struct TickShape {
  std::uint16_t octets = 160;            ///< at most Packetizer::kMaxOctetsPerTick
  std::uint16_t units = 160;             ///< 960 for Opus: RFC 7587 section 4.1
  friend bool operator==(const TickShape&, const TickShape&) = default;
};

/// Puts 20 ms of octets per tick into RTP packets of any ptime: one sequence, one SSRC, a timestamp that runs with the ticks
/// whether or not anything is sent. Or sends what a codec has packed itself, packet().
class Packetizer {
 public:
  static constexpr std::uint16_t kMinPtimeMs = 10, kMaxPtimeMs = 60;
  static constexpr std::size_t kMaxOctetsPerTick = 640;   ///< L16 at 16 kHz
  static constexpr std::size_t kMaxPayload = 640;         ///< what is longer by its ptime is sent in packets of fewer ms

  /// SSRC, first sequence number and first timestamp are drawn: RFC 3550 section 5.1.
  explicit Packetizer(base::Random& random);

  /// `ptime_ms` is brought into 10..60 and rounded down to a multiple of 10. Another shape drops what waits.
  void configure(std::uint8_t payload_type, std::uint16_t ptime_ms, TickShape shape = {});
  /// One tick of audio: exactly as many octets as its shape says.
  void audio(base::Bytes octets, const base::SocketAddress& to, Sendout& out);
  /// A payload as it is, whose sound begins so many ms from the begin of this tick: less than 0 when it holds ticks before this one.
  /// What has no room in a datagram is not sent.
  void packet(base::Bytes payload, int begins_ms, const base::SocketAddress& to, Sendout& out);
  /// Nothing is sent that packet() would be given: silence, which the next packet's marker ends (RFC 7587 section 4.1).
  void rest() { marker_ = true; }
  /// One packet of a telephone event. Audio that waits for its packet to fill goes first.
  void event(const rtp::EventSender::Outgoing& event, std::uint8_t payload_type, const base::SocketAddress& to, Sendout& out);
  /// From this tick on we are silent, and this describes the silence: RFC 3389 section 4. What waits goes first; the next audio carries
  /// the marker.
  void silence(base::Bytes description, std::uint8_t payload_type, const base::SocketAddress& to, Sendout& out);
  /// Nothing is sent in this tick: what waits is dropped, and the next packet carries the marker (RFC 3551 section 4.1).
  void interrupt();
  /// Ticks were left out: the timestamp runs on without them.
  void skip(std::uint64_t ticks);
  /// Another one sent a packet in our stead, with our numbers (rtp::Translator).
  void count(std::size_t payload_octets);
  /// Here our stream goes on when nobody else sends in it any more. What waits is dropped, the next packet carries the marker.
  void go_on(std::uint16_t sequence, std::uint32_t timestamp);
  /// From now on under another SSRC, which counts its packets anew: RFC 3550 section 6.4.1. The next packet carries the marker.
  void begin_ssrc(std::uint32_t ssrc);
  /// Once at the end of each tick.
  void end_tick() { timestamp_ += shape_.units; }

  /// How many ticks from now the packet leaves that holds what audio() is given next.
  [[nodiscard]] std::uint64_t ticks_until_sent() const;
  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  /// Of the next packet.
  [[nodiscard]] std::uint16_t sequence() const { return sequence_; }
  /// Of the first sample of this tick.
  [[nodiscard]] std::uint32_t timestamp() const { return timestamp_; }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t packets_of_ssrc() const { return packets_ - packets_before_; }
  [[nodiscard]] std::uint64_t payload_octets_of_ssrc() const { return payload_octets_ - payload_octets_before_; }
  [[nodiscard]] std::uint64_t datagram_octets() const { return datagram_octets_; }
  /// Asks for what the next tick touches to be in the cache soon, with packets of 20 ms.
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
  std::uint64_t packets_before_ = 0, payload_octets_before_ = 0;  // under earlier SSRCs
  std::array<std::uint8_t, kMaxPayload> pending_{};   // less than a packet, and a tick more
};

}  // namespace offhook::inline v0::media
