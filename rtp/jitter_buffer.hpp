#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/delay_estimator.hpp>
#include <offhook/rtp/overtaken.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/packet_ring.hpp>
#include <offhook/rtp/played_samples.hpp>
#include <offhook/rtp/sequence.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>

namespace offhook::inline v0::rtp {

// PCMU, PCMA and G722 all run an RTP clock of 8000 Hz (G722's is one of history: RFC 3551 section 4.5.2) and all carry one
// octet per unit of it, so that 20 ms are 160 units and 160 octets in each of the three. All others are brought to these units.
inline constexpr std::int64_t kUnitsPerTick = 160;
inline constexpr std::uint32_t kUnitHz = 8000;
inline constexpr std::size_t kMaxBufferedPackets = 64;   ///< 1.28 s of 20 ms packets
inline constexpr std::size_t kMaxPayloadOctets = 1600;   ///< 200 ms: RFC 3551 section 4.2
inline constexpr std::size_t kMaxPackedOctets = 3200;    ///< L16 of 200 ms at 8 kHz, of 100 ms at 16 kHz; the ring holds two, and takes a third
inline constexpr std::uint16_t kMaxPackedUnits = 1600;   ///< 200 ms: RFC 3551 section 4.2
inline constexpr std::int64_t kMaxHeldLonger = 960;      ///< units: 120 ms, the longest packet of Opus (RFC 6716 section 3.2.5)
inline constexpr std::size_t kRingOctets = 16384;        ///< packets that wait for the ticking thread and packets held: 1.7 s of 20 ms
inline constexpr std::size_t kInboxOctets = 2048;        ///< of those, kept for the ones that wait: at least, and at least two packets
inline constexpr std::size_t kRememberedPackets = 64;    ///< whose copies are known as such when they come
inline constexpr std::int64_t kMaxConcealed = 5 * kUnitsPerTick;      ///< in a row; what lasts longer is silence and a fresh start
inline constexpr std::int64_t kConcealmentFades = 4 * kUnitsPerTick;  ///< in a row; then who conceals has come to silence (media/conceal)

struct JitterStatistics : PlayedSamples {
  std::uint64_t packets = 0;           ///< that reached the buffer
  std::uint64_t late = 0;              ///< wholly past their time
  std::uint64_t duplicate = 0;         ///< or packed, and of a time that another one fills: each is decoded as a whole, which has its price
  std::uint64_t reordered = 0;         ///< arrived behind a later one, in time to be played
  std::uint64_t overflowed = 0;        ///< oldest packets pushed out by kMaxBufferedPackets, or to leave kInboxOctets free
  std::uint64_t inbox_full = 0;        ///< refused by put(): the ticking thread has not come, and there is no room in the ring
  std::uint64_t refused_payload = 0;   ///< empty, or over kMaxPayloadOctets, kMaxPackedOctets or kMaxPackedUnits
  std::uint64_t resets = 0;            ///< new SSRC, or a confirmed jump of the timestamp
  std::uint64_t suspect = 0;           ///< dropped: a jump of the timestamp that nothing confirmed
  std::uint64_t frames = 0;            ///< pulls answered with audio
  std::uint64_t concealed = 0;         ///< pulls answered with Conceal
  std::uint64_t silent = 0;            ///< pulls answered with Silence
  std::uint32_t target_ms = 0;         ///< wanted delay over the fastest packet, as far as the ring has room for it
  std::uint32_t delay_ms = 0;          ///< delay over the fastest packet, of what is played now
};

/// How a payload runs in time, as its payload type says.
struct PayloadTiming {
  std::uint8_t clock = 1;    ///< its RTP clock in multiples of 8000 Hz, up to 15: 6 is that of Opus (RFC 7587 section 4.1)
  std::uint16_t units = 0;   ///< of 1/8000 s in a packed one, which can be cut nowhere; 0: one in each octet
};

/// What one pull() gives to be played.
struct Pull {
  enum class Kind : std::uint8_t {
    Frame,     ///< `payload` holds exactly 20 ms of one payload type, or piece() gives them
    Conceal,   ///< lost or late: `units` of it are to be made up from what was heard before
    Silence,   ///< nothing yet, or the sender is silent on purpose: `units` of it
  };
  Kind kind = Kind::Silence;
  std::uint8_t payload_type = 0;       ///< Frame: of the packet at its start
  bool seam = false;                   ///< Frame: it does not continue what was played before (audio was left out): cross-fade
  bool restart = false;                ///< Frame: first one of another stream (SSRC or timestamps changed): forget decoder state
  bool packed = false;                 ///< Frame: it is put together of pieces, see JitterBuffer::piece()
  bool urgent = false;                 ///< Frame: a rough place for `stretch` is better than none: a person waits for late audio, or a machine
                                       ///< for a little of it
  std::uint32_t timestamp = 0;         ///< Frame: RTP timestamp of its beginning
  std::int64_t units = kUnitsPerTick;  ///< of 1/8000 s: how much this is; of a Frame always kUnitsPerTick
  /// Frame: by how much what waits and this together should become longer, or shorter (less than 0), where that is hardly heard;
  /// not beyond it when shorter. Whatever was done is to be told to on_stretched().
  std::int64_t stretch = 0;
  std::int64_t begin = 0;              ///< Conceal: where it begins, on the line of Piece::packet
  /// Conceal: all that is missing from `begin` on until a packet that is here, whose payload after_gap() shows; 0: none is known.
  std::int64_t gap = 0;
  base::Bytes payload{};               ///< Frame: kUnitsPerTick octets, the buffer's own, until the next pull() or reset()
};

/// A part of a frame that is packed: so many units of one packet, whose payload is whole, as whoever decodes it needs it.
struct Piece {
  base::Bytes payload{};               ///< the buffer's own, until the next pull() or reset()
  std::uint8_t payload_type = 0;
  std::int64_t packet = 0;             ///< where the packet begins, in units: the same in two pieces of one packet
  std::int64_t from = 0;               ///< units of the packet that are before the piece
  std::int64_t units = 0;
};

/// Turns packets as they come into 20 ms per tick. One thread put()s, one other pull()s; neither ever waits or allocates.
/// put() copies into a wait-free ring; pull() takes what is new there and decides, single-threaded and without a clock: time is an
/// argument. A payload is copied once: a packet that holds a whole tick is played from its place in the ring.
///
/// What has more octets than units (L16) is delayed no longer than the ring has room for: 380 ms of 20 ms packets of L16 at 16 kHz. More
/// would push out the oldest packet with each that comes.
///
/// Whoever plays decodes frames into a line of samples (media/time_stretch.hpp), plays a tick's worth of it each tick, and pulls
/// when less than that waits there. The delay follows delay_estimator.hpp: with each frame the buffer says how much longer or
/// shorter the line should become, and what became of it is seen in how much waits at the next pull. Ticks are 20 ms apart, so that
/// only a whole tick more gives late packets more time: the line grows until a pull can be left out, or shrinks until one more is
/// needed, and is brought back to nothing in between. Packets of 10 to 60 ms may be mixed.
class JitterBuffer {
 public:
  explicit JitterBuffer(DelayProfile profile = kCallProfile) noexcept;
  JitterBuffer(const JitterBuffer&) = delete;
  JitterBuffer& operator=(const JitterBuffer&) = delete;

  enum class Content : std::uint8_t {
    Audio,
    LastAudio,     ///< behind it the sender may be silent, as long as it likes: DTX of RFC 7587 section 3.1.3
    ComfortNoise,  ///< RFC 3389: from its timestamp on the sender is silent; what the silence is like is for others to read
    Key,           ///< telephone-event: from its timestamp on the sender gives a key instead of audio (RFC 4733); the payload is not kept
  };

  /// Receiving thread. Copies the payload. False when it was refused, which a counter shows: the newest packet, when the ring is full. A
  /// sequence number that came before, of the last kRememberedPackets, takes no place. Another clock begins another stream.
  bool put(const Packet& packet, base::TimePoint arrival, Content content = Content::Audio, PayloadTiming timing = {}) noexcept;
  /// The same for an owner that receives and ticks on one thread: when the ring is full, the oldest packets make room.
  bool put_or_push_out(const Packet& packet, base::TimePoint arrival, Content content = Content::Audio, PayloadTiming timing = {}) noexcept;

  /// Ticking thread, again and again while less than a tick is there to be played. `waiting`: how much is, in units of 1/8000 s.
  [[nodiscard]] Pull pull(base::TimePoint now, std::int64_t waiting = 0) noexcept;

  /// Ticking thread. What comes is held so much longer than its jitter asks for, at most kMaxHeldLonger: then the packet behind a lost
  /// one is here in time, and in-band FEC of use.
  void hold_longer(std::int64_t units) noexcept;

  /// Ticking thread, after a pull() that gave a packed frame: what it holds from `at` units of it on, `at` less than kUnitsPerTick.
  [[nodiscard]] Piece piece(std::int64_t at) const noexcept;
  /// Ticking thread, after a pull() that gave a gap: the packed payload that follows it (its in-band FEC is of what was lost). Empty:
  /// what follows is not packed.
  [[nodiscard]] Piece after_gap() const noexcept;

  /// Ticking thread, after a pull() that asked for it: what was decoded is so much longer now, or shorter (less than 0).
  void on_stretched(std::int64_t units) noexcept;

  /// Ticking thread. From now on for another listener. What is known of the route stays; the delay goes where the new profile wants
  /// it as it follows any route: a little with each frame, by on_stretched().
  void set_profile(DelayProfile profile) noexcept;

  /// Ticking thread. Forgets everything but the counters, what waits in the inbox too: re-INVITE, another source.
  void reset() noexcept;

  /// Ticking thread.
  [[nodiscard]] JitterStatistics statistics() const noexcept;
  [[nodiscard]] std::size_t buffered_packets() const noexcept { return count_; }

  /// Ticking thread: asks for what the next put() and pull() touch to be in the cache soon: first what says where, then, once that is
  /// there, the rest.
  void prefetch_links() const noexcept;
  void prefetch() const noexcept;

  /// Whether everything that must always hold does; for tests and fuzzers.
  [[nodiscard]] bool is_consistent() const noexcept;

 private:
  struct Arrived {                     // as it lies in the ring before its payload
    std::int64_t arrival;              // units of 1/8000 s on the steady clock
    std::uint32_t timestamp;
    std::uint32_t ssrc;
    std::uint16_t sequence;
    std::uint16_t size;
    std::uint16_t units;               // of a packed payload; 0: one in each octet
    std::uint8_t payload_type;
    std::uint8_t content : 4, clock : 4;
  };
  static_assert(sizeof(Arrived) == 24, "it lies before each payload");
  using Ring = PacketRing<Arrived, kRingOctets>;
  struct Held {                        // what became of it; the payload is still in the ring
    std::int64_t arrival = 0;
    std::int64_t begin = 0;            // unwrapped timestamp of the first octet
    std::int64_t end = 0;              // of ComfortNoise and Key the same
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
  void insert(const Held& packet) noexcept;
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
  [[nodiscard]] bool gap_is_silence(std::int64_t gap) const noexcept;
  [[nodiscard]] bool hole_may_fill(std::int64_t now) const noexcept;
  [[nodiscard]] Pull play(std::int64_t now, std::int64_t waiting) noexcept;
  [[nodiscard]] Pull frame(std::int64_t now, std::int64_t waiting) noexcept;
  [[nodiscard]] Pull conceal(std::int64_t units) noexcept;
  [[nodiscard]] Pull silence(std::int64_t units) noexcept;
  [[nodiscard]] Pull underrun(std::int64_t units) noexcept;

  /// The last packets' sequence numbers, for the receiving thread.
  class Remembered {
   public:
    /// Whether it came before. A number behind the newest whose timestamp is not belongs to a sender that counts anew: then all is forgotten.
    [[nodiscard]] bool has(const Packet& packet) noexcept;
    /// After has().
    void add(const Packet& packet) noexcept;

   private:
    std::uint64_t came_ = 0;           // bit 0 is the newest; 0: none
    std::uint32_t ssrc_ = 0, timestamp_ = 0;
    std::uint16_t newest_ = 0;
  };

  Ring ring_;
  bool machine_;                       // listens: DelayProfile::machine
  Remembered remembered_;
  std::atomic<std::uint64_t> inbox_full_{0};
  std::atomic<std::uint64_t> refused_payload_{0};
  std::atomic<std::uint64_t> repeated_{0};

  // Everything below belongs to the ticking thread.
  std::array<Held, kMaxBufferedPackets> held_{};  // a ring: count_ packets by time, from first_ on
  std::size_t first_ = 0, count_ = 0;
  Ring::Place freed_ = 0;              // of the ring, up to where
  std::int64_t buffered_end_ = 0;      // the latest end of those held. Only when count_ is not 0
  std::array<std::uint8_t, static_cast<std::size_t>(kUnitsPerTick)> frame_{};
  State state_ = State::Empty;
  std::optional<std::uint32_t> ssrc_;
  std::uint8_t clock_ = 1;             // of the stream, in multiples of kUnitHz
  TimestampUnwrapper timestamps_;      // in the stream's clock
  SequenceUnwrapper sequences_;
  std::int64_t last_transit_ = 0;      // of the packet that came last, and
  std::int64_t last_begin_ = 0;
  std::int64_t last_sequence_ = 0;
  std::int64_t highest_begin_ = 0;
  std::int64_t position_ = 0;          // unwrapped timestamp that the next tick plays
  std::int64_t passed_sequence_ = -1;  // of the last packet that was played or left out; -1: nothing was yet
  std::int64_t stalled_ = 0;           // units made up since the buffer ran dry or a machine came to a hole, while position_ stood still
  std::int64_t concealed_in_row_ = 0;  // units
  std::int64_t wished_at_ = 0;         // now, in units, when the line was last asked to change
  std::int64_t packet_size_ = 0;       // units, of the packet that came last, and
  std::size_t packet_octets_ = 0;
  std::int64_t most_held_ = kAnyDelay; // units of such packets that the ring has room for
  std::int64_t granule_ = 0;           // units by which a packet is needed before its time because packets and ticks do not coincide
  std::int64_t held_longer_ = 0;       // units, as asked for
  bool resting_ = false;               // comfort noise, a key or the last audio of a talk was the last that was passed
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
