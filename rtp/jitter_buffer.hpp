#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/delay_estimator.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/packet_pool.hpp>
#include <offhook/rtp/sequence.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

// PCMU, PCMA and G722 all run an RTP clock of 8000 Hz (G722's is one of history: RFC 3551 section 4.5.2) and all carry one
// octet per unit of it, so that 20 ms are 160 units and 160 octets in each of the three.
inline constexpr std::int64_t kUnitsPerTick = 160;
inline constexpr std::size_t kMaxBufferedPackets = 64;   ///< 1.28 s of 20 ms packets
inline constexpr std::size_t kMaxInbox = 32;             ///< packets between two ticks
inline constexpr std::size_t kMaxPayloadOctets = 480;    ///< 60 ms
inline constexpr int kMaxConcealedTicks = 5;             ///< in a row; what lasts longer is silence and a fresh start

struct JitterStatistics {
  std::uint64_t packets = 0;           ///< that reached the buffer
  std::uint64_t late = 0;              ///< wholly past their time
  std::uint64_t duplicate = 0;
  std::uint64_t reordered = 0;         ///< arrived behind a later one, in time to be played
  std::uint64_t overflowed = 0;        ///< oldest packets pushed out by kMaxBufferedPackets
  std::uint64_t inbox_full = 0;        ///< refused by put(): the ticking thread does not come
  std::uint64_t refused_payload = 0;   ///< empty, or over kMaxPayloadOctets
  std::uint64_t resets = 0;            ///< new SSRC, or a confirmed jump of the timestamp
  std::uint64_t suspect = 0;           ///< dropped: a jump of the timestamp that nothing confirmed
  std::uint64_t frames = 0;            ///< ticks answered with audio
  std::uint64_t concealed = 0;         ///< ticks answered with Conceal, `inserted` ones not counted
  std::uint64_t silent = 0;            ///< ticks answered with Silence
  std::uint64_t inserted = 0;          ///< ticks made up to let the delay grow
  std::uint64_t dropped = 0;           ///< ticks left out to let the delay shrink
  std::uint32_t target_ms = 0;         ///< wanted delay over the fastest packet
  std::uint32_t delay_ms = 0;          ///< delay over the fastest packet, of what is played now
};

/// What one tick plays.
struct Pull {
  enum class Kind : std::uint8_t {
    Frame,     ///< `payload` holds exactly 20 ms of one payload type
    Conceal,   ///< lost, late, or the delay must grow: 20 ms are to be made up from what was heard before
    Silence,   ///< nothing yet, or the sender is silent on purpose
  };
  Kind kind = Kind::Silence;
  std::uint8_t payload_type = 0;       ///< Frame: of the packet at its start
  bool seam = false;                   ///< Frame: it does not continue what was played before (audio was left out): cross-fade
  bool restart = false;                ///< Frame: first one of another stream (SSRC or timestamps changed): forget decoder state
  std::uint32_t timestamp = 0;         ///< Frame: RTP timestamp of its first octet
  base::Bytes payload{};               ///< Frame: kUnitsPerTick octets, the buffer's own, until the next pull() or reset()
};

/// Turns packets as they come into 20 ms per tick. One thread put()s, one other pull()s; neither ever waits or allocates.
/// put() copies into a pool of packets and pushes the place into a wait-free inbox; pull() empties that and decides, single-threaded
/// and without a clock: time is an argument. A payload is copied once: a packet that holds a whole tick is played from its place.
///
/// The delay follows delay_estimator.hpp. Playing position P runs with the ticks; the ideal one is now - fastest transit -
/// target. A whole frame is left out or made up when the two drift apart: in quiet moments at once, in speech only when the
/// distance is large. Packets of 10 to 60 ms may be mixed.
class JitterBuffer {
 public:
  JitterBuffer() noexcept;
  JitterBuffer(const JitterBuffer&) = delete;
  JitterBuffer& operator=(const JitterBuffer&) = delete;

  /// Receiving thread. Copies the payload. False when it was refused, which a counter shows.
  bool put(const Packet& packet, base::TimePoint arrival) noexcept;

  /// Ticking thread, once per 20 ms. `quiet`: what was played last was no speech, so that leaving out or making up a frame
  /// will not be heard.
  [[nodiscard]] Pull pull(base::TimePoint now, bool quiet) noexcept;

  /// Ticking thread. Forgets everything but the counters, what waits in the inbox too: re-INVITE, another source.
  void reset() noexcept;

  /// Ticking thread.
  [[nodiscard]] JitterStatistics statistics() const noexcept;
  [[nodiscard]] std::size_t buffered_packets() const noexcept { return count_; }

  /// Whether everything that must always hold does; for tests and fuzzers.
  [[nodiscard]] bool is_consistent() const noexcept;

 private:
  struct Held {
    std::int64_t arrival = 0;          // units of 1/8000 s on the steady clock
    std::int64_t begin = 0;            // unwrapped timestamp of the first octet
    std::int64_t end = 0;
    std::int64_t sequence = 0;         // unwrapped
    std::uint32_t timestamp = 0;       // as it came, and so on
    std::uint32_t ssrc = 0;
    std::uint16_t wire_sequence = 0;
    std::uint16_t size = 0;
    std::uint8_t payload_type = 0;
    std::array<std::uint8_t, kMaxPayloadOctets> octets;
  };
  // One more than may wait and be held: the one that the receiving thread is filling.
  using Pool = PacketPool<Held, kMaxBufferedPackets + kMaxInbox + 1, kMaxInbox>;
  enum class State : std::uint8_t { Empty, Waiting, Playing };

  [[nodiscard]] static std::int64_t to_units(base::TimePoint at) noexcept;
  [[nodiscard]] bool accept(Pool::Number number) noexcept;
  [[nodiscard]] bool passes_jump_check(const Held& packet) noexcept;
  void forget_stream() noexcept;
  void begin_stream(std::uint32_t ssrc) noexcept;
  [[nodiscard]] bool insert(Pool::Number number) noexcept;
  void remove_oldest() noexcept;
  void forget_played() noexcept;
  void forget_all() noexcept;
  [[nodiscard]] std::int64_t latest_end() const noexcept;
  [[nodiscard]] std::uint8_t& place(std::size_t index) noexcept { return order_[(first_ + index) % kMaxBufferedPackets]; }
  [[nodiscard]] const Held& held(std::size_t index) const noexcept { return pool_[order_[(first_ + index) % kMaxBufferedPackets]]; }
  [[nodiscard]] std::int64_t ideal(std::int64_t now) const noexcept;
  [[nodiscard]] bool may_start(std::int64_t now) noexcept;
  void catch_up(std::int64_t now, bool quiet) noexcept;
  [[nodiscard]] bool gather(Pull& pull) noexcept;
  [[nodiscard]] bool gap_is_silence(std::int64_t gap) const noexcept;
  [[nodiscard]] Pull play(std::int64_t now, bool quiet) noexcept;
  [[nodiscard]] Pull conceal() noexcept;
  [[nodiscard]] Pull silence() noexcept;
  [[nodiscard]] Pull underrun() noexcept;

  Pool pool_;
  std::atomic<std::uint64_t> inbox_full_{0};
  std::atomic<std::uint64_t> refused_payload_{0};

  // Everything below belongs to the ticking thread.
  std::array<Pool::Number, kMaxBufferedPackets> order_{};  // a ring: count_ packets by time, from first_ on
  std::size_t first_ = 0, count_ = 0;
  std::int64_t buffered_end_ = 0;      // the latest end of those held. Only when count_ is not 0
  std::array<std::uint8_t, static_cast<std::size_t>(kUnitsPerTick)> frame_{};
  State state_ = State::Empty;
  std::optional<std::uint32_t> ssrc_;
  TimestampUnwrapper timestamps_;
  SequenceUnwrapper sequences_;
  std::int64_t last_transit_ = 0;
  std::int64_t highest_begin_ = 0;
  std::int64_t position_ = 0;          // unwrapped timestamp that the next tick plays
  std::int64_t passed_sequence_ = -1;  // of the last packet that was played or left out; -1: nothing was yet
  std::int64_t stalled_ = 0;           // units made up since the buffer ran dry, while position_ stood still
  int concealed_in_row_ = 0;
  std::int64_t since_drop_ = 0;        // ticks
  std::int64_t since_insert_ = 0;
  bool seam_ = false;
  bool restart_ = true;
  struct Suspect {
    std::uint16_t sequence;
    std::uint32_t timestamp;
  };
  std::optional<Suspect> suspect_;
  DelayEstimator delay_;
  JitterStatistics counts_;
};

}  // namespace offhook::inline v0::rtp
