#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/jitter/delay_estimator.hpp>
#include <offhook/rtp/jitter/overtaken.hpp>
#include <offhook/rtp/jitter/packet_ring.hpp>
#include <offhook/rtp/jitter/played_samples.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/sequence.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>

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
inline constexpr std::size_t kInboxOctets = 2048;        ///< part of kRingOctets for waiting packets: at least this, and at least two packets
inline constexpr std::size_t kRememberedPackets = 64;    ///< number of newest packets whose copies put() recognises
inline constexpr std::int64_t kMaxConcealed = 5 * kUnitsPerTick;      ///< limit of concealment in a row; after it, silence and a new start
inline constexpr std::int64_t kConcealmentFades = 4 * kUnitsPerTick;  ///< concealment in a row that has faded to silence (media/receive/conceal)

struct JitterStatistics : PlayedSamples {
  std::uint64_t packets = 0;           ///< packets that reached the buffer
  std::uint64_t late = 0;              ///< packets whose time had passed completely
  /// Copies, and packed packets whose time overlaps another packet. A packed payload can only be decoded as a whole, so that playing a part of it
  /// would cost extra decoding.
  std::uint64_t duplicate = 0;
  std::uint64_t reordered = 0;         ///< packets that arrived after a later packet, but in time to be played
  std::uint64_t overflowed = 0;        ///< oldest packets removed because of kMaxBufferedPackets, or to keep kInboxOctets free
  std::uint64_t inbox_full = 0;        ///< packets that put() refused: the ring had no space, because the ticking thread had not run
  std::uint64_t refused_payload = 0;   ///< payloads that are empty, or over kMaxPayloadOctets, kMaxPackedOctets or kMaxPackedUnits
  std::uint64_t resets = 0;            ///< new SSRCs, and confirmed jumps of the timestamp
  std::uint64_t suspect = 0;           ///< packets dropped after a jump of the timestamp that no other packet confirmed
  std::uint64_t frames = 0;            ///< calls of pull() that returned a Frame
  std::uint64_t concealed = 0;         ///< calls of pull() that returned Conceal
  std::uint64_t silent = 0;            ///< calls of pull() that returned Silence
  std::uint32_t target_ms = 0;         ///< target delay over the fastest packet, limited by the space in the ring
  std::uint32_t delay_ms = 0;          ///< delay over the fastest packet of the audio that plays now
};

/// The RTP clock and the duration of a payload, as its payload type defines them.
struct PayloadTiming {
  std::uint8_t clock = 1;    ///< RTP clock in multiples of 8000 Hz, up to 15; 6 for Opus (RFC 7587 section 4.1)
  std::uint16_t units = 0;   ///< length in 1/8000 s of a packed payload, which cannot be cut; 0: not packed, one unit per octet
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
  bool seam = false;                   ///< Frame: it does not continue the audio played before, because audio was left out: cross-fade
  bool restart = false;                ///< Frame: the first one of another stream (new SSRC or new timestamps): reset the decoder
  bool packed = false;                 ///< Frame: it consists of pieces; see JitterBuffer::piece()
  /// Frame: a `stretch` with a rough join is better than none. True for a person while the audio is too late by much, and for a machine while it is
  /// late by less.
  bool urgent = false;
  std::uint32_t timestamp = 0;         ///< Frame: RTP timestamp of its start
  std::int64_t units = kUnitsPerTick;  ///< length in 1/8000 s; kUnitsPerTick for each Frame
  /// Frame: the length by which the caller should extend the frame and the audio that waits before it, where listeners hardly notice; less than 0:
  /// shorten, by at most this length. The caller reports each change with on_stretched().
  std::int64_t stretch = 0;
  std::int64_t begin = 0;              ///< Conceal: start of the lost audio, on the time scale of Piece::packet
  /// Conceal: units from `begin` to the next packet that is held, whose payload after_gap() returns; 0: unknown.
  std::int64_t gap = 0;
  base::Bytes payload{};               ///< Frame: kUnitsPerTick octets in the buffer's memory, valid until the next pull() or reset()
};

/// A part of a packed frame: some units of one packet. The payload is the whole packet, because a decoder needs all of it.
struct Piece {
  base::Bytes payload{};               ///< in the buffer's memory, valid until the next pull() or reset()
  std::uint8_t payload_type = 0;
  std::int64_t packet = 0;             ///< start of the packet, in units: equal in two pieces of the same packet
  std::int64_t from = 0;               ///< units of the packet before this piece
  std::int64_t units = 0;
};

/// Turns the packets as they arrive into 20 ms of audio per tick. One thread calls put(), another thread calls pull(); neither waits or allocates.
/// put() copies a packet into a wait-free ring. pull() takes the new packets from the ring and decides alone, with the time as an argument. Each
/// payload is copied once: if a packet holds a whole tick, pull() returns its place in the ring.
///
/// The buffer holds a payload with more octets than units (L16) only while the ring has space: 380 ms of 20 ms packets of L16 at 16 kHz. With a
/// longer delay, each new packet would remove the oldest one.
///
/// The caller of pull() decodes each frame and appends it to a line of samples (media/receive/time_stretch.hpp). Each tick it plays 20 ms of this line, and
/// calls pull() when less than 20 ms wait there. The target delay comes from delay_estimator.hpp. With each frame, pull() returns how much longer or
/// shorter the line should become; the next call's `waiting` shows the result. Ticks are 20 ms apart, so that only a whole tick more gives late
/// packets more time. Therefore the line grows until one pull() can be omitted, or shrinks until one more is needed; otherwise the buffer lets it
/// shrink to 0. A stream may mix packets of 10 to 60 ms.
class JitterBuffer {
 public:
  explicit JitterBuffer(DelayProfile profile = kCallProfile) noexcept;
  JitterBuffer(const JitterBuffer&) = delete;
  JitterBuffer& operator=(const JitterBuffer&) = delete;

  enum class Content : std::uint8_t {
    Audio,
    LastAudio,     ///< the sender may be silent for any time after this packet: DTX of RFC 7587 section 3.1.3
    ComfortNoise,  ///< RFC 3389: the sender is silent from its timestamp on; the buffer does not read its payload
    Key,           ///< telephone-event: from its timestamp on, a key replaces the audio (RFC 4733); the payload is not stored
  };

  /// Receiving thread. Copies the payload of `packet` into the ring. Returns false if it refuses the packet: the payload is invalid, or the ring is
  /// full. Counters show both. Ignores a copy of one of the last kRememberedPackets packets. A change of `timing.clock` starts a new stream.
  bool put(const Packet& packet, base::TimePoint arrival, Content content = Content::Audio, PayloadTiming timing = {}) noexcept;
  /// Does the same for an owner that receives and ticks on one thread: when the ring is full, it removes the oldest packets first.
  bool put_or_push_out(const Packet& packet, base::TimePoint arrival, Content content = Content::Audio, PayloadTiming timing = {}) noexcept;

  /// Ticking thread. Returns the next audio. Call it until a whole tick is decoded. `waiting`: decoded audio that is not played yet, in units of 1/8000 s.
  [[nodiscard]] Pull pull(base::TimePoint now, std::int64_t waiting = 0) noexcept;

  /// Ticking thread. Adds `units` to the target delay, at most kMaxHeldLonger. The packet after a lost packet is then
  /// there in time, so that its in-band FEC is useful.
  void hold_longer(std::int64_t units) noexcept;

  /// Ticking thread, after a pull() that returned a packed frame. Returns the piece at offset `at` units, less than kUnitsPerTick, of that frame.
  [[nodiscard]] Piece piece(std::int64_t at) const noexcept;
  /// Ticking thread, after a pull() that returned a gap. Returns the packed payload after the gap, whose in-band FEC describes the lost audio.
  /// Returns an empty piece if the next packet is not packed.
  [[nodiscard]] Piece after_gap() const noexcept;

  /// Ticking thread, after a pull() with a `stretch`. Reports that the decoded audio became `units` longer, or shorter (less than 0).
  void on_stretched(std::int64_t units) noexcept;

  /// Ticking thread. Changes the profile to that of another listener, and keeps the measurements of the route. The delay then moves to the new target
  /// as to any other: a little with each frame.
  void set_profile(DelayProfile profile) noexcept;

  /// Ticking thread. Forgets everything except the counters, also the packets that wait in the ring: after a re-INVITE, or for another source.
  void reset() noexcept;

  /// Ticking thread. Returns a copy of the counters.
  [[nodiscard]] JitterStatistics statistics() const noexcept;
  [[nodiscard]] std::size_t buffered_packets() const noexcept { return count_; }

  /// Ticking thread. prefetch_links() prefetches the fields that say where the data is. Once these are in the cache, prefetch()
  /// prefetches the data that the next put() and pull() use.
  void prefetch_links() const noexcept;
  void prefetch() const noexcept;

  /// Returns whether the invariants hold; for tests and fuzzers.
  [[nodiscard]] bool is_consistent() const noexcept;

 private:
  struct Arrived {                     // header of a packet in the ring, before its payload
    std::int64_t arrival;              // units of 1/8000 s on the steady clock
    std::uint32_t timestamp;
    std::uint32_t ssrc;
    std::uint16_t sequence;
    std::uint16_t size;
    std::uint16_t units;               // length of a packed payload; 0: one unit in each octet
    std::uint8_t payload_type;
    std::uint8_t content : 4, clock : 4;
  };
  static_assert(sizeof(Arrived) == 24, "it lies before each payload");
  using Ring = PacketRing<Arrived, kRingOctets>;
  struct Held {                        // a packet taken from the ring; its payload stays there
    std::int64_t arrival = 0;
    std::int64_t begin = 0;            // unwrapped timestamp of its first octet
    std::int64_t end = 0;              // equal to begin for ComfortNoise and Key
    std::int64_t sequence = 0;         // unwrapped
    Ring::Place place = 0;
    std::uint8_t payload_type = 0;
    Content content = Content::Audio;
    bool packed = false;
    std::uint16_t size = 0;            // octets
  };
  enum class State : std::uint8_t { Empty, Waiting, Playing };
  static constexpr std::int64_t kAnyDelay = std::numeric_limits<std::int64_t>::max();

  enum class PutResult : std::uint8_t { Taken, Full, Refused };

  [[nodiscard]] static std::int64_t to_units(base::TimePoint at) noexcept;
  [[nodiscard]] PutResult try_put(const Packet& packet, base::TimePoint arrival, Content content, PayloadTiming timing) noexcept;
  void take_in() noexcept;
  void accept(const Arrived& packet, Ring::Place place) noexcept;
  void accept_key(const Arrived& packet, Ring::Place place) noexcept;
  [[nodiscard]] bool passes_jump_check(const Arrived& packet) noexcept;
  [[nodiscard]] bool has_known_place(const Arrived& packet, std::int64_t begin) const noexcept;
  void forget_stream() noexcept;
  void begin_stream(std::uint32_t ssrc, std::uint8_t clock) noexcept;
  [[nodiscard]] std::int64_t in_units(std::int64_t timestamp) const noexcept { return clock_ == 1 ? timestamp : timestamp / clock_; }
  [[nodiscard]] Piece piece_of(const Held& packet, std::int64_t begin, std::int64_t end) const noexcept;
  [[nodiscard]] bool is_overtaken(std::int64_t sequence) const noexcept;
  void insert(const Held& packet, bool overtaken) noexcept;
  void hold(const Held& packet, std::size_t at) noexcept;
  void overflow(std::size_t index) noexcept;
  void remove(std::size_t index) noexcept;
  void forget_played() noexcept;
  void free_ring() noexcept;
  void free_before(Ring::Place place) noexcept;
  [[nodiscard]] std::size_t most_kept() const noexcept;
  [[nodiscard]] std::int64_t latest_end() const noexcept;
  [[nodiscard]] Held& held(std::size_t index) noexcept { return held_[(first_ + index) % kMaxBufferedPackets]; }
  [[nodiscard]] const Held& held(std::size_t index) const noexcept { return held_[(first_ + index) % kMaxBufferedPackets]; }
  [[nodiscard]] std::int64_t wanted_delay() const noexcept { return std::min(delay_.target() + granule_ + held_longer_, most_held_); }
  [[nodiscard]] std::int64_t spare(std::int64_t now) const noexcept;
  void learn_granule(std::int64_t size, std::size_t octets) noexcept;
  [[nodiscard]] bool may_start(std::int64_t now) noexcept;
  void wish(std::int64_t now, std::int64_t waiting, Pull& pull) noexcept;
  [[nodiscard]] bool ends_in_silence() const noexcept;
  [[nodiscard]] std::int64_t gather(Pull& pull) noexcept;
  [[nodiscard]] bool is_next_in_sequence() const noexcept;
  [[nodiscard]] bool gap_is_silence(std::int64_t gap) const noexcept;
  [[nodiscard]] bool hole_may_fill(std::int64_t now) const noexcept;
  [[nodiscard]] Pull play(std::int64_t now, std::int64_t waiting) noexcept;
  [[nodiscard]] Pull frame(std::int64_t now, std::int64_t waiting) noexcept;
  [[nodiscard]] Pull conceal(std::int64_t units) noexcept;
  [[nodiscard]] Pull silence(std::int64_t units) noexcept;
  [[nodiscard]] Pull underrun(std::int64_t units) noexcept;

  /// The sequence numbers of the newest packets, for the receiving thread.
  class Remembered {
   public:
    /// Returns whether the packet came before. If the number is older than the newest but the timestamp is not, the sender
    /// restarted its numbers: then it forgets all numbers.
    [[nodiscard]] bool has(const Packet& packet) noexcept;
    /// Adds the packet; has() must have returned false for it.
    void add(const Packet& packet) noexcept;

   private:
    std::uint64_t came_ = 0;           // bit 0 is the newest packet; 0: no packet came
    std::uint32_t ssrc_ = 0, timestamp_ = 0;
    std::uint16_t newest_ = 0;
  };

  Ring ring_;
  bool machine_;                       // a machine listens: DelayProfile::machine
  Remembered remembered_;
  std::atomic<std::uint64_t> inbox_full_{0};
  std::atomic<std::uint64_t> refused_payload_{0};
  std::atomic<std::uint64_t> repeated_{0};

  // Everything below belongs to the ticking thread.
  std::array<Held, kMaxBufferedPackets> held_{};  // a ring of count_ packets in order of time, starting at first_
  std::size_t first_ = 0, count_ = 0;
  Ring::Place freed_ = 0;              // the ring is free before this place
  std::int64_t buffered_end_ = 0;      // the latest end of the held packets; valid only if count_ is not 0
  std::array<std::uint8_t, static_cast<std::size_t>(kUnitsPerTick)> frame_{};
  State state_ = State::Empty;
  std::optional<std::uint32_t> ssrc_;
  std::uint8_t clock_ = 1;             // clock of the stream, in multiples of kUnitHz
  TimestampUnwrapper timestamps_;      // in the stream's clock
  SequenceUnwrapper sequences_;
  std::int64_t last_transit_ = 0;      // transit of the newest packet; the next two fields are of the same packet
  std::int64_t last_begin_ = 0;
  std::int64_t last_sequence_ = 0;
  std::int64_t highest_sequence_ = 0;  // highest number that came, from which overtaken packets are judged
  std::int64_t position_ = 0;          // unwrapped timestamp that the next tick plays
  std::int64_t passed_sequence_ = -1;  // number of the last packet that was played or left out; -1: none yet
  // Units concealed while position_ stood still: since the buffer was empty, or since a machine waits for a missing packet.
  std::int64_t stalled_ = 0;
  std::int64_t concealed_in_row_ = 0;  // units
  std::int64_t wished_at_ = 0;         // time in units of the last pull() that returned a stretch
  std::int64_t packet_size_ = 0;       // units of the newest packet; its octets are in the next field
  std::size_t packet_octets_ = 0;
  std::int64_t most_held_ = kAnyDelay; // units of such packets for which the ring has space
  // Units by which a packet must come before its time, because its length is no multiple of a tick.
  std::int64_t granule_ = 0;
  std::int64_t held_longer_ = 0;       // units, set by hold_longer()
  bool resting_ = false;               // the last packet passed was comfort noise, a key or a LastAudio
  bool seam_ = false;
  bool restart_ = true;
  struct Suspect {
    std::uint16_t sequence;
    std::uint32_t timestamp;
  };
  std::optional<Suspect> suspect_;
  Overtaken overtaken_;
  DelayEstimator delay_;
  JitterStatistics counts_;
};

}  // namespace offhook::inline v0::rtp
