#pragma once

#include <cstdint>

namespace offhook::inline v0::rtp {

inline constexpr std::uint32_t kGmin = 16;          ///< RFC 3611 section 4.7.2: packets in a row that end a burst
inline constexpr std::uint32_t kOpenPackets = 64;   ///< the newest ones, whose place in the pattern may still change

/// Where the packets of a stream went, and how they were spread. RFC 3611 section 4.7.2; durations are counted in packets.
struct LossFigures {
  std::uint64_t received = 0;         ///< in time to be played
  std::uint64_t lost = 0;
  std::uint64_t discarded = 0;        ///< came too late to be played
  std::uint64_t bursts = 0;
  std::uint64_t gaps = 0;
  double burst_density = 0;           ///< share of the packets in bursts that were lost or discarded, 0..1
  double gap_density = 0;             ///< the same in gaps
  double burst_packets = 0;           ///< mean length of a burst; 0: there was none
  double gap_packets = 0;
  double burst_ratio = 1;             ///< ITU-T G.107 section 7.5: mean run of losses over that of random loss as great; 1..8

  /// Lost and discarded ones of all, 0..100.
  [[nodiscard]] double missing_percent() const noexcept;
};

/// Follows which packets of one sequence are there when they are due. A burst begins and ends with a packet that is missing, and
/// holds no kGmin present ones in a row; all else is a gap. A packet on its way behind others counts once it comes, unless
/// kOpenPackets overtook it. A copy is a snapshot: nothing is allocated, and figures() is for the reader's side, for it takes some
/// divisions.
class LossPattern {
 public:
  /// A packet that came. Duplicates count once, and the first of them says whether it was `in_time`. The sequence number was
  /// judged before (SequenceTracker): one that lies more than kOpenPackets behind is no news, one ahead leaves a hole.
  void on_packet(std::uint16_t sequence, bool in_time) noexcept;
  /// Another sequence begins: what is open is settled, and no hole is counted between.
  void restart() noexcept;
  /// What is known, with all that is missing until now as lost.
  [[nodiscard]] LossFigures figures() const noexcept;

 private:
  void open_up(std::uint32_t steps) noexcept;
  void settle_oldest() noexcept;
  void settle_missing(std::uint32_t count, std::uint32_t& as) noexcept;
  void close_run() noexcept;
  [[nodiscard]] std::uint32_t settled() const noexcept { return received_ + lost_ + discarded_; }

  // The open ones: bit 0 is the newest. 32 bits count the packets of two years.
  std::uint64_t came_ = 0, late_ = 0;
  std::uint32_t open_ = 0;
  std::uint16_t newest_ = 0;
  // The settled ones.
  std::uint32_t received_ = 0, lost_ = 0, discarded_ = 0;
  std::uint32_t present_in_row_ = 0;                      // since the last missing one
  std::uint32_t run_packets_ = 0, run_missing_ = 0;       // from a missing one to the last one, without kGmin present ones between
  std::uint32_t bursts_ = 0, burst_packets_ = 0, burst_missing_ = 0;
  std::uint32_t first_burst_at_ = 0, last_burst_end_ = 0; // in settled packets
  std::uint32_t stretches_ = 0;                           // of missing ones without any present one between
};

}  // namespace offhook::inline v0::rtp
