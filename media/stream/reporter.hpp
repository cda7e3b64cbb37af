#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/quality/leg_statistics.hpp>
#include <offhook/media/send/sendout.hpp>
#include <offhook/media/stream/receiver.hpp>
#include <offhook/media/stream/sender.hpp>
#include <offhook/media/stream/stream_context.hpp>
#include <offhook/rtp/extended_report.hpp>
#include <offhook/rtp/ntp.hpp>
#include <offhook/rtp/rtcp.hpp>
#include <offhook/rtp/rtcp_schedule.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::media {

/// The reporting part of a stream: RTCP from and to the peer, and the statistics of the leg.
class Reporter {
 public:
  /// The first three arguments are borrowed, and must outlive the reporter. Draws the CNAME from `random` if `cname` is empty: RFC 7022 section 4.2.
  Reporter(StreamContext& context, Receiver& receiver, Sender& sender, std::string cname, base::Random& random);

  /// Starts to report.
  void begin(base::TimePoint now) { schedule_.emplace(context_.seed, now); }
  void on_rtcp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now);
  /// Call it for each packet (RTP or RTCP) of an accepted source, because it may carry our SSRC.
  void on_ssrc(std::uint32_t ssrc, const base::SocketAddress& from) {
    if (ssrc == sender_.packets().ssrc()) on_collision(from.ip);
  }
  /// Sends a report if one is due.
  void report_when_due(base::TimePoint now, Sendout& out);
  /// Sends the last report, with BYE.
  void say_bye(base::TimePoint now, Sendout& out);

  /// Returns the statistics of receiver and sender, with those of the peer's reports.
  [[nodiscard]] LegStatistics statistics() const;

 private:
  void on_collision(const base::IpAddress& host);
  void look_at(const rtp::ReportBlocks& blocks, base::TimePoint now);
  void leave_ssrc(base::TimePoint now, Sendout& out);
  void report(base::TimePoint now, bool bye, Sendout& out);
  void add_report(rtp::CompoundWriter& writer, base::TimePoint now);
  void add_voip_metrics(rtp::CompoundWriter& writer) const;
  [[nodiscard]] rtp::NtpTime wall_at(base::TimePoint now) const;

  StreamContext& context_;
  Receiver& receiver_;
  Sender& sender_;
  std::string cname_;
  std::optional<rtp::RtcpSchedule> schedule_;     // nullopt before begin()
  std::uint64_t packets_at_report_ = 0;
  std::uint64_t malformed_ = 0;
  bool reported_ = false;
  bool leaves_ssrc_ = false;                      // the SSRC changes in the next tick
  std::optional<base::IpAddress> conflicting_;    // a host whose packets carried our SSRC: RFC 3550 section 8.2
  std::uint32_t ssrc_changes_ = 0;
  std::optional<std::uint32_t> round_trip_us_;
  std::optional<rtp::VoipMetrics> peers_view_;
};

}  // namespace offhook::inline v0::media
