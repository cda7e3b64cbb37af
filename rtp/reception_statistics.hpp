#pragma once

#include <offhook/base/time.hpp>
#include <offhook/rtp/loss_pattern.hpp>
#include <offhook/rtp/rtcp.hpp>
#include <offhook/rtp/sequence.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

/// Collects the contents of our reports about the received stream: loss, interarrival jitter, and the data of the sender's last report.
/// RFC 3550 section 6.4.1, appendices A.1, A.3 and A.8. Pass each accepted RTP packet, including telephone events.
class ReceptionStatistics {
 public:
  explicit ReceptionStatistics(std::uint32_t clock_hz = 8000) : clock_hz_(clock_hz) {}

  /// Changes the clock for the packets from now on, when the codec has another clock. Converts the present jitter to the new units.
  void set_clock(std::uint32_t clock_hz);
  /// Counts a packet. A new SSRC starts a new count, but lost() and received() keep their totals. `in_time`: the packet can still be played.
  void on_packet(std::uint32_t ssrc, std::uint16_t sequence, std::uint32_t timestamp, base::TimePoint arrival, bool in_time = true);
  /// Counts a packet of a payload type with an unknown clock, for example a key: it was received, but its timestamp is not used.
  void on_other(std::uint32_t ssrc, std::uint16_t sequence);
  /// Handles an RTCP BYE of `ssrc` (RFC 3550 section 6.6): take_report() returns no more blocks about this SSRC. If its packets
  /// continue, the SSRC counts as new. The totals remain.
  void on_bye(std::uint32_t ssrc);
  void on_sender_report(const SenderReport& report, base::TimePoint arrival);
  /// Returns the block for our next report, and starts a new interval for the fraction lost. Returns nullopt before the first valid packet.
  [[nodiscard]] std::optional<ReportBlock> take_report(base::TimePoint now);

  [[nodiscard]] std::uint64_t received() const { return received_before_ + received_; }
  /// Returns expected minus received packets, at least 0, over all SSRCs until now.
  [[nodiscard]] std::uint64_t lost() const;
  [[nodiscard]] std::chrono::microseconds jitter() const;
  /// Returns the loss pattern over all SSRCs until now.
  [[nodiscard]] const LossPattern& losses() const { return losses_; }
  /// Returns the duration of one packet: the timestamp distance of two consecutive packets. Distances over a quarter second are ignored.
  [[nodiscard]] std::chrono::microseconds packet_time() const;

 private:
  [[nodiscard]] std::int64_t lost_now() const;
  void begin_source(std::optional<std::uint32_t> ssrc);
  void begin_count();
  [[nodiscard]] bool count(std::uint32_t ssrc, std::uint16_t sequence, bool in_time);
  void update_jitter(std::uint32_t timestamp, base::TimePoint arrival);
  void update_spacing(std::uint16_t sequence, std::uint32_t timestamp);

  std::uint32_t clock_hz_;
  std::optional<std::uint32_t> ssrc_;
  SequenceTracker sequence_;
  LossPattern losses_;
  std::uint64_t received_ = 0, received_before_ = 0, lost_before_ = 0;
  std::int64_t lost_ = 0;                          // lost_now() at the last valid packet
  std::uint64_t expected_prior_ = 0, received_prior_ = 0;
  std::uint32_t jitter_ = 0;                       // interarrival jitter in 1/16 RTP units: RFC 3550 appendix A.8
  std::optional<std::uint32_t> transit_;
  std::optional<std::uint32_t> last_timestamp_;
  std::optional<std::uint16_t> last_sequence_;
  std::uint32_t timestamp_of_last_ = 0, spacing_ = 0;
  std::uint32_t last_sr_ = 0;
  base::TimePoint last_sr_at_{};
};

/// Returns the round trip time from a block that the peer wrote about us; `now` is our own clock. RFC 3550 section 6.4.1, figure 2. Returns nullopt if the
/// block names no report of ours. Also returns nullopt if the result is negative or over a minute, because the block's times must then be wrong.
[[nodiscard]] std::optional<std::chrono::microseconds> round_trip(const ReportBlock& block, NtpTime now);

}  // namespace offhook::inline v0::rtp
