#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/media/sendout.hpp>
#include <offhook/rtp/telephone_event.hpp>

#include <array>
#include <cstdint>

namespace offhook::inline v0::media {

/// Puts 20 ms of octets per tick into RTP packets of any ptime: one sequence, one SSRC, a timestamp that runs with the ticks
/// whether or not anything is sent. PCMU, PCMA and G722: 8 octets and 8 timestamp units per ms.
class Packetizer {
 public:
  static constexpr std::uint16_t kMinPtimeMs = 10, kMaxPtimeMs = 60;
  static constexpr std::size_t kOctetsPerTick = 160;

  /// SSRC, first sequence number and first timestamp are drawn: RFC 3550 section 5.1.
  explicit Packetizer(base::Random& random);

  /// `ptime_ms` is brought into 10..60 and rounded down to a multiple of 10.
  void configure(std::uint8_t payload_type, std::uint16_t ptime_ms);
  /// One tick of audio: exactly kOctetsPerTick octets.
  void audio(base::Bytes octets, const base::SocketAddress& to, Sendout& out);
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
  /// Once at the end of each tick.
  void end_tick() { timestamp_ += kOctetsPerTick; }

  /// How many ticks from now the packet leaves that holds what audio() is given next.
  [[nodiscard]] std::uint64_t ticks_until_sent() const;
  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  /// Of the next packet.
  [[nodiscard]] std::uint16_t sequence() const { return sequence_; }
  /// Of the first sample of this tick.
  [[nodiscard]] std::uint32_t timestamp() const { return timestamp_; }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t payload_octets() const { return payload_octets_; }
  [[nodiscard]] std::uint64_t datagram_octets() const { return datagram_octets_; }

 private:
  void emit_pending(const base::SocketAddress& to, Sendout& out);
  void emit(base::Bytes payload, std::uint8_t payload_type, std::uint32_t timestamp, bool marker, const base::SocketAddress& to, Sendout& out);

  std::uint32_t ssrc_, timestamp_;
  std::uint16_t sequence_;
  std::uint8_t payload_type_ = 0;
  std::size_t packet_octets_ = kOctetsPerTick;
  bool marker_ = true;
  std::array<std::uint8_t, kMaxPtimeMs * 8 + kOctetsPerTick> pending_{};
  std::size_t pending_size_ = 0;
  std::uint64_t packets_ = 0, payload_octets_ = 0, datagram_octets_ = 0;
};

}  // namespace offhook::inline v0::media
