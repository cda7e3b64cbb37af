#pragma once

#include <offhook/base/time.hpp>
#include <offhook/rtp/jitter/frame_assembly.hpp>
#include <offhook/rtp/jitter/held_packets.hpp>
#include <offhook/rtp/jitter/jitter_types.hpp>
#include <offhook/rtp/jitter/packet_inbox.hpp>
#include <offhook/rtp/jitter/stream_timeline.hpp>
#include <offhook/rtp/jitter/stretch_decision.hpp>
#include <offhook/rtp/jitter/target_delay.hpp>
#include <offhook/rtp/jitter/tick_decision.hpp>
#include <offhook/rtp/packet.hpp>

#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// Turns arriving packets into 20 ms of audio per tick. One thread calls put(), another thread calls pull(); neither waits or allocates.
/// put() copies a packet into a wait-free ring. pull() takes the new packets from the ring, and makes all decisions, with the time as an argument.
/// Each payload is copied once: if a packet holds a whole tick, pull() returns the payload's place in the ring.
///
/// The buffer holds a payload with more octets than units (L16) only while the ring has space: 380 ms of 20 ms packets of L16 at 16 kHz. With a
/// longer delay, each new packet would remove the oldest one.
///
/// The ticking thread decodes each frame and appends it to a line of samples (media/receive/time_stretch.hpp). Each tick it plays 20 ms of this line,
/// and calls pull() when less than 20 ms wait there. The target delay comes from target_delay.hpp. With each frame, pull() returns how much longer or
/// shorter the line should become; the `waiting` of the next pull() shows the result. Ticks are 20 ms apart. Therefore only a whole additional tick
/// of delay gives late packets more time: the line grows until one pull() can be omitted, or shrinks until one more pull() is needed. Otherwise the
/// buffer lets the line shrink to 0. A stream may mix packets of 10 to 60 ms.
class JitterBuffer {
 public:
  explicit JitterBuffer(DelayProfile profile = kCallProfile) noexcept
      : frames_(inbox_, held_), decision_(held_, delay_), delay_(profile), stretch_(delay_) {}
  JitterBuffer(const JitterBuffer&) = delete;
  JitterBuffer& operator=(const JitterBuffer&) = delete;

  /// Receiving thread. Copies the payload of `packet` into the ring. Returns false, and counts the packet, if the payload is invalid or the ring is
  /// full. Ignores a copy of one of the last kRememberedPackets packets. A change of `timing.clock` starts a new stream.
  bool put(const Packet& packet, base::TimePoint arrival, PacketContent content = PacketContent::Audio, PayloadTiming timing = {}) noexcept;
  /// Does the same as put(), for an owner that receives and ticks on one thread. If the ring is full, first removes the oldest packets.
  bool put_or_push_out(const Packet& packet, base::TimePoint arrival, PacketContent content = PacketContent::Audio, PayloadTiming timing = {}) noexcept;

  /// Ticking thread. Returns the next audio. Call it until a whole tick is decoded. `waiting` is the decoded audio that was not played yet, in units
  /// of 1/8000 s.
  [[nodiscard]] Pull pull(base::TimePoint now, std::int64_t waiting = 0) noexcept;

  /// Ticking thread. Adds `units` to the target delay, at most kMaxHeldLonger. The packet after a lost packet then
  /// comes in time, so that its in-band FEC is useful.
  void hold_longer(std::int64_t units) noexcept { delay_.hold_longer(units); }

  /// Ticking thread, after a pull() that returned a packed frame. Returns the piece at offset `at` units, less than kUnitsPerTick, of that frame.
  [[nodiscard]] Piece piece(std::int64_t at) const noexcept { return frames_.piece(decision_.position(), at); }
  /// Ticking thread, after a pull() that returned a gap. Returns the packed payload after the gap, whose in-band FEC describes the lost audio.
  /// Returns an empty piece if the next packet is not packed.
  [[nodiscard]] Piece after_gap() const noexcept { return frames_.after_gap(); }

  /// Ticking thread, after a pull() with a `stretch`. Reports that the decoded audio became `units` longer, or shorter if `units` is negative.
  void on_stretched(std::int64_t units) noexcept;

  /// Ticking thread. Changes the profile to that of another listener, and keeps the measurements of the route. The delay then moves to the new target
  /// gradually, a little with each frame.
  void set_profile(DelayProfile profile) noexcept { delay_.set_profile(profile); }

  /// Ticking thread. Drops everything, including the packets in the ring, and keeps only the counters. Call it after a re-INVITE, or for another source.
  void reset() noexcept;

  /// Ticking thread. Returns a copy of the counters.
  [[nodiscard]] JitterStatistics statistics() const noexcept;
  [[nodiscard]] std::size_t buffered_packets() const noexcept { return held_.size(); }

  /// Ticking thread. prefetch_links() prefetches the fields that say where the data is. Once these are in the cache, prefetch()
  /// prefetches the data that the next put() and pull() use.
  void prefetch_links() const noexcept;
  void prefetch() const noexcept;

  /// Returns true if the invariants hold; for tests and fuzzers.
  [[nodiscard]] bool is_consistent() const noexcept;

 private:
  using Place = PacketInbox::Place;

  void take_in() noexcept;
  void accept(const ArrivedPacket& packet, Place place) noexcept;
  void accept_key(const ArrivedPacket& packet, Place place) noexcept;
  [[nodiscard]] bool passes_check(const ArrivedPacket& packet) noexcept;
  void insert(const HeldPacket& packet, bool overtaken) noexcept;
  void hold(const HeldPacket& packet, std::size_t at) noexcept;
  void overflow(std::size_t index) noexcept;
  void free_ring() noexcept;
  void forget_stream() noexcept;
  void begin_stream(const ArrivedPacket& packet) noexcept;
  [[nodiscard]] Pull frame(std::int64_t now, std::int64_t waiting) noexcept;
  [[nodiscard]] Pull conceal(std::int64_t units, std::int64_t begin = 0, std::int64_t gap = 0) noexcept;
  [[nodiscard]] Pull silence(std::int64_t units) noexcept;

  PacketInbox inbox_;                  // the only member that put() uses
  HeldPackets held_;
  FrameAssembly frames_;
  TickDecision decision_;
  StreamTimeline timeline_;
  TargetDelay delay_;
  StretchDecision stretch_;
  bool restart_ = true;                // true if the next frame is the first frame of its stream
  JitterStatistics counts_;
};

}  // namespace offhook::inline v0::rtp
