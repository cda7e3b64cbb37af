#pragma once

#include <offhook/base/time.hpp>
#include <offhook/rtp/loss_pattern.hpp>
#include <offhook/rtp/rtcp.hpp>
#include <offhook/rtp/sequence.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

/// What we report about the stream that we receive: loss, interarrival jitter, and the echo of the sender's report.
/// RFC 3550 section 6.4.1, appendices A.1, A.3 and A.8. Every accepted RTP packet is fed, telephone events too.
class ReceptionStatistics {
 public:
  explicit ReceptionStatistics(std::uint32_t clock_hz = 8000) : clock_hz_(clock_hz) {}

  /// Of what comes from now on: another codec has another clock. The jitter so far goes on in its units.
  void set_clock(std::uint32_t clock_hz);
  /// A new SSRC begins a new count; the totals of lost() and received() go on. `in_time`: it can still be played.
  void on_packet(std::uint32_t ssrc, std::uint16_t sequence, std::uint32_t timestamp, base::TimePoint arrival, bool in_time = true);
  /// A packet whose payload we do not know, a key perhaps: it has come, and its timestamp, of an unknown clock, says nothing.
  void on_other(std::uint32_t ssrc, std::uint16_t sequence);
  /// RTCP BYE of that SSRC (RFC 3550 section 6.6): it is reported no more, and counts as a new one when it goes on. The totals stay.
  void on_bye(std::uint32_t ssrc);
  void on_sender_report(const SenderReport& report, base::TimePoint arrival);
  /// The block for our next report; begins a new interval for the fraction lost. Nothing before the first valid packet.
  [[nodiscard]] std::optional<ReportBlock> take_report(base::TimePoint now);

  [[nodiscard]] std::uint64_t received() const { return received_before_ + received_; }
  /// Expected minus received, never below 0, of all SSRCs so far.
  [[nodiscard]] std::uint64_t lost() const;
  [[nodiscard]] std::chrono::microseconds jitter() const;
  /// Of all SSRCs so far.
  [[nodiscard]] const LossPattern& losses() const { return losses_; }
  /// How much sound one packet holds: the distance of the last two neighbours, as long as it is one (a quarter second at most).
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
  std::int64_t lost_ = 0;                          // as of the last valid packet
  std::uint64_t expected_prior_ = 0, received_prior_ = 0;
  std::uint32_t jitter_ = 0;                       // in 1/16 units: RFC 3550 appendix A.8
  std::optional<std::uint32_t> transit_;
  std::optional<std::uint32_t> last_timestamp_;
  std::optional<std::uint16_t> last_sequence_;
  std::uint32_t timestamp_of_last_ = 0, spacing_ = 0;
  std::uint32_t last_sr_ = 0;
  base::TimePoint last_sr_at_{};
};

/// Round trip from a block that the peer wrote about us, by our own clock `now`. RFC 3550 section 6.4.1, figure 2.
/// Nothing when the block names no report of ours, or the result would be negative or over a minute (a lying or confused peer).
[[nodiscard]] std::optional<std::chrono::microseconds> round_trip(const ReportBlock& block, NtpTime now);

}  // namespace offhook::inline v0::rtp
