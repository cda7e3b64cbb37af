#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/media/quality/leg_statistics.hpp>
#include <offhook/media/receive/comfort_noise.hpp>
#include <offhook/media/stream/stream_context.hpp>
#include <offhook/rtp/jitter/jitter_buffer.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/reception_statistics.hpp>
#include <offhook/rtp/source_policy.hpp>
#include <offhook/rtp/telephone_event.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// The receiving part of a stream: it accepts packets, and makes one frame of 20 ms for each tick out of them. It decodes, conceals and stretches.
class Receiver {
 public:
  /// The content of a packet, as its payload type says. The struct fits a register.
  struct Content {
    enum class Kind : std::uint8_t { Refused, Audio, Event, ComfortNoise };
    Kind kind = Kind::Refused;
    AudioCodec codec{};                 ///< valid for Audio
    bool is_next = false;               ///< true for Audio that is newer than all earlier packets: not a copy, and not reordered
    std::uint32_t event_clock_hz = 0;   ///< valid for Event
  };

  /// `context` is borrowed, and must outlive the receiver.
  Receiver(StreamContext& context, base::Duration silence_limit);

  /// Expects the source that the plan names. Learns the source again if `relearn` is true.
  void expect(const MediaPlan& plan, bool relearn);
  /// Forgets the audio received until now, because the next audio does not continue it.
  void forget_audio();
  void forget_events() { event_receiver_.reset(); }

  /// Takes a packet, and counts it. `octets` is the size of its datagram.
  [[nodiscard]] Content accept(const rtp::Packet& packet, const base::SocketAddress& from, std::size_t octets, base::TimePoint now);
  /// Counts a datagram that is not a valid packet.
  void on_malformed() { ++malformed_; }
  /// Stores an accepted packet until its time to be played.
  void store(const rtp::Packet& packet, const Content& content, base::TimePoint now);
  /// Takes the key of an accepted packet, if the packet carries one (telephone-event).
  void take_event(const rtp::Packet& packet, const Content& content, base::TimePoint now) {
    if (content.kind == Content::Kind::Event) event_receiver_.on_packet(packet.payload, packet.timestamp, now);
  }
  /// Returns the next key that ended, or nullopt. Call on_time() first in each tick.
  [[nodiscard]] std::optional<rtp::ReceivedDigit> poll_digit() { return event_receiver_.poll(); }
  void on_time(base::TimePoint now) { event_receiver_.on_time(now); }

  /// Fills `pcm` with the next 20 ms. Returns the kind of the audio that was decoded last, or Frame if the whole tick was already waiting. `voiced`
  /// is true if the previous audio contained voice, which is not stretched with a rough join.
  [[nodiscard]] rtp::Pull::Kind pull(base::TimePoint now, bool voiced, std::span<std::int16_t> pcm);

  [[nodiscard]] rtp::SourcePolicy& source() { return source_; }
  [[nodiscard]] const rtp::SourcePolicy& source() const { return source_; }
  [[nodiscard]] rtp::ReceptionStatistics& reception() { return reception_; }
  void fill(LegStatistics& all) const;

  void prefetch_links() const noexcept { jitter_buffer_.prefetch_links(); }
  void prefetch() const noexcept;

 private:
  [[nodiscard]] Content content_of(std::uint8_t payload_type) const;
  [[nodiscard]] bool is_next(const rtp::Packet& packet, bool of_another_source);
  void count(const rtp::Packet& packet, const Content& content, base::TimePoint now);
  void follow_listener();
  rtp::Pull::Kind decode_or_conceal(const rtp::Pull& pull, std::span<std::int16_t> pcm);
  void decode_pieces(AudioCodec codec, std::span<std::int16_t> pcm);
  void note_delay(base::TimePoint now, std::size_t waiting, const rtp::Pull& pull, std::size_t samples_per_unit);

  StreamContext& context_;
  Listener listener_;
  rtp::SourcePolicy source_;
  rtp::JitterBuffer jitter_buffer_;
  rtp::ReceptionStatistics reception_;
  rtp::EventReceiver event_receiver_;
  PeerNoise peer_noise_;
  std::optional<std::uint32_t> delay_;  // playout time of the last frame minus its RTP timestamp, in ticks of the RTP clock; only its changes mean something
  std::uint16_t newest_ = 0;            // newest sequence number of the source's audio
  std::uint64_t refused_payload_ = 0, malformed_ = 0, bytes_received_ = 0;
};

}  // namespace offhook::inline v0::media
