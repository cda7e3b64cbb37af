#pragma once

#include <cstdint>

namespace offhook::inline v0::rtp {

inline constexpr std::uint32_t kGmin = 16;          ///< RFC 3611 section 4.7.2: number of present packets in a row that ends a burst
inline constexpr std::uint32_t kOpenPackets = 64;   ///< number of the newest packets, whose place in the pattern may still change

/// The numbers of packets of a stream that were received, lost and discarded, and their pattern. RFC 3611 section 4.7.2; the unit of durations is a
/// packet.
struct LossFigures {
  std::uint64_t received = 0;         ///< packets in time to be played
  std::uint64_t lost = 0;
  std::uint64_t discarded = 0;        ///< packets that came too late to be played
  std::uint64_t bursts = 0;
  std::uint64_t gaps = 0;
  double burst_density = 0;           ///< share of the packets in bursts that were lost or discarded, 0..1
  double gap_density = 0;             ///< the same share in gaps
  double burst_packets = 0;           ///< mean length of a burst; 0 if there was no burst
  double gap_packets = 0;
  double burst_ratio = 1;             ///< ITU-T G.107 section 7.5: mean run of losses, divided by that of random loss at the same rate; 1..8

  /// Returns the lost and discarded packets in percent of all packets, 0..100.
  [[nodiscard]] double missing_percent() const noexcept;
};

/// Records which packets of one sequence came in time, came too late, or are missing. A burst starts and ends with a missing packet, and contains fewer than
/// kGmin present packets in a row; the other parts of the sequence are gaps. An overtaken packet counts when it comes, unless kOpenPackets later packets
/// came before it. A copy of an object is a snapshot, and no function allocates. Do not call figures() on the audio path, because it needs some divisions.
class LossPattern {
 public:
  /// Records a packet that came. Duplicates count once; `in_time` of the first copy counts. SequenceTracker must have accepted
  /// the sequence number. Ignores a packet more than kOpenPackets behind the newest; a packet ahead of the next number makes a hole.
  void on_packet(std::uint16_t sequence, bool in_time) noexcept;
  /// Starts another sequence: settles all open packets, and counts no hole between the sequences.
  void restart() noexcept;
  /// Returns the figures until now; missing packets count as lost.
  [[nodiscard]] LossFigures figures() const noexcept;

 private:
  void open_up(std::uint32_t steps) noexcept;
  void settle_oldest() noexcept;
  void settle_missing(std::uint32_t count, std::uint32_t& as) noexcept;
  void close_run() noexcept;
  [[nodiscard]] std::uint32_t settled() const noexcept { return received_ + lost_ + discarded_; }

  // The open packets: bit 0 is the newest. A count of 32 bits is enough for the packets of two years.
  std::uint64_t came_ = 0, late_ = 0;
  std::uint32_t open_ = 0;
  std::uint16_t newest_ = 0;
  // The settled packets.
  std::uint32_t received_ = 0, lost_ = 0, discarded_ = 0;
  std::uint32_t present_in_row_ = 0;                      // present packets since the last missing packet
  // A run lasts from its first to its last missing packet, without kGmin present packets in a row. These fields count all packets of the present run,
  // and its missing packets.
  std::uint32_t run_packets_ = 0, run_missing_ = 0;
  std::uint32_t bursts_ = 0, burst_packets_ = 0, burst_missing_ = 0;
  std::uint32_t first_burst_at_ = 0, last_burst_end_ = 0; // positions, counted in settled packets
  std::uint32_t stretches_ = 0;                           // number of runs of missing packets without a present packet between them
};

}  // namespace offhook::inline v0::rtp
