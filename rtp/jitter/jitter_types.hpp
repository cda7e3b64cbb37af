#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/jitter/played_samples.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

// PCMU, PCMA and G722 all have an RTP clock of 8000 Hz (G722 for historical reasons: RFC 3551 section 4.5.2). All three carry one octet per unit of
// this clock, so that 20 ms are 160 units and 160 octets. The buffer converts the times of all other codecs to these units.
inline constexpr std::int64_t kUnitsPerTick = 160;
inline constexpr std::uint32_t kUnitHz = 8000;
inline constexpr std::size_t kMaxBufferedPackets = 64;   ///< 1.28 s of 20 ms packets
inline constexpr std::size_t kMaxPayloadOctets = 1600;   ///< 200 ms: RFC 3551 section 4.2
inline constexpr std::size_t kMaxPackedOctets = 3200;    ///< L16: 200 ms at 8 kHz, 100 ms at 16 kHz; the ring can hold two of them while a third arrives
inline constexpr std::uint16_t kMaxPackedUnits = 1600;   ///< 200 ms: RFC 3551 section 4.2
inline constexpr std::int64_t kMaxHeldLonger = 960;      ///< units: 120 ms, the longest packet of Opus (RFC 6716 section 3.2.5)
inline constexpr std::size_t kRingOctets = 16384;        ///< space for held packets and for packets that wait for the ticking thread: 1.7 s of 20 ms packets
inline constexpr std::size_t kInboxOctets = 2048;        ///< part of kRingOctets for waiting packets: at least this many octets, and two packets
inline constexpr std::size_t kRememberedPackets = 64;    ///< number of newest packets whose copies put() recognises
inline constexpr std::int64_t kMaxConcealed = 5 * kUnitsPerTick;      ///< most concealment in a row; then there is silence until the stream starts again
inline constexpr std::int64_t kConcealmentFades = 4 * kUnitsPerTick;  ///< length after which concealment has faded to silence (media/receive/conceal)

struct JitterStatistics : PlayedSamples {
  std::uint64_t packets = 0;           ///< packets that reached the buffer
  std::uint64_t late = 0;              ///< packets whose time had passed completely
  /// Copies, and packed packets whose time overlaps another packet. A packed payload can only be decoded as a whole, so that playing a part of it
  /// would cost extra decoding.
  std::uint64_t duplicate = 0;
  std::uint64_t reordered = 0;         ///< packets that arrived after a later packet, but in time to be played
  std::uint64_t overflowed = 0;        ///< oldest packets that were removed because of kMaxBufferedPackets, or to keep kInboxOctets free
  std::uint64_t inbox_full = 0;        ///< packets that put() refused: the ring had no space, because the ticking thread had not run
  std::uint64_t refused_payload = 0;   ///< payloads that are empty, or over kMaxPayloadOctets, kMaxPackedOctets or kMaxPackedUnits
  std::uint64_t resets = 0;            ///< new SSRCs, and confirmed jumps of the timestamp
  std::uint64_t suspect = 0;           ///< packets dropped after a jump of the timestamp that no other packet confirmed
  std::uint64_t frames = 0;            ///< number of pull() that returned a Frame
  std::uint64_t concealed = 0;         ///< number of pull() that returned Conceal
  std::uint64_t silent = 0;            ///< number of pull() that returned Silence
  std::uint32_t target_ms = 0;         ///< target delay, counted from the fastest packet and limited by the space in the ring
  std::uint32_t delay_ms = 0;          ///< delay of the audio that plays now, counted from the fastest packet
};

/// Returns a time of the steady clock in units of 1/8000 s.
[[nodiscard]] inline std::int64_t to_units(base::TimePoint at) noexcept {
  constexpr std::int64_t kNanosecondsPerUnit = 1'000'000'000 / kUnitHz;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count() / kNanosecondsPerUnit;
}

/// What a packet carries.
enum class PacketContent : std::uint8_t {
  Audio,
  LastAudio,     ///< the sender may be silent for any time after this packet: DTX of RFC 7587 section 3.1.3
  ComfortNoise,  ///< RFC 3389: the sender is silent from its timestamp on; the buffer does not read its payload
  Key,           ///< telephone-event: from its timestamp on, a key replaces the audio (RFC 4733); the payload is not stored
};

/// The RTP clock and the duration of a payload, as its payload type defines them.
struct PayloadTiming {
  std::uint8_t clock = 1;    ///< RTP clock in multiples of 8000 Hz, up to 15; 6 for Opus (RFC 7587 section 4.1)
  std::uint16_t units = 0;   ///< length in 1/8000 s of a packed payload, which cannot be cut; 0 if not packed: then one unit per octet
};

/// The next audio to play, as one pull() returns it.
struct Pull {
  enum class Kind : std::uint8_t {
    Frame,     ///< `payload` holds exactly 20 ms of one payload type; if `packed`, piece() returns the parts
    Conceal,   ///< the audio is lost or late: conceal `units` of it from earlier audio
    Silence,   ///< there is no audio yet, or the sender pauses on purpose: play `units` of silence
  };
  Kind kind = Kind::Silence;
  std::uint8_t payload_type = 0;       ///< Frame: payload type of the packet at its start
  bool seam = false;                   ///< Frame: true if audio before it was left out; cross-fade to the frame
  bool restart = false;                ///< Frame: true for the first frame of another stream (new SSRC or new timestamps): reset the decoder
  bool packed = false;                 ///< Frame: true if the frame consists of pieces; see JitterBuffer::piece()
  /// Frame: true if a `stretch` with a rough join is better than no stretch. This is the case for a person while the audio is much too late, and for
  /// a machine while it is not that late.
  bool urgent = false;
  std::uint32_t timestamp = 0;         ///< Frame: RTP timestamp of its start
  std::int64_t units = kUnitsPerTick;  ///< length in 1/8000 s; kUnitsPerTick for each Frame
  /// Frame: the length by which the frame, with the audio that waits before it, should be extended where listeners hardly notice. If it is negative,
  /// the audio should be shortened by at most this length. Report each change with on_stretched().
  std::int64_t stretch = 0;
  std::int64_t begin = 0;              ///< Conceal: start of the lost audio, on the time scale of Piece::packet
  /// Conceal: units from `begin` to the next packet that is held, whose payload after_gap() returns; 0 if unknown.
  std::int64_t gap = 0;
  base::Bytes payload{};               ///< Frame: kUnitsPerTick octets in the buffer's memory, valid until the next pull() or reset()
};

/// One part of a frame that is made from packed payloads: some units of one packet. It has the complete payload of the packet, because a decoder cannot
/// decode a part of it.
struct Piece {
  base::Bytes payload{};               ///< in the buffer's memory, valid until the next pull() or reset()
  std::uint8_t payload_type = 0;
  std::int64_t packet = 0;             ///< start of the packet, in units: equal in two pieces of the same packet
  std::int64_t from = 0;               ///< units of the packet before this piece
  std::int64_t units = 0;
};

}  // namespace offhook::inline v0::rtp
