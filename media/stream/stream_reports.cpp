#include <offhook/media/stream/stream.hpp>

#include <offhook/media/quality/quality_report.hpp>
#include <offhook/rtp/extended_report.hpp>
#include <offhook/rtp/rtcp.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <variant>

// RTCP reports from and to the peer, and the statistics of a leg.
namespace offhook::inline v0::media {

void Stream::on_rtcp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  auto reader = rtp::CompoundReader::open(datagram);
  if (!reader) {
    ++malformed_;
    return;
  }
  if (!source_.on_rtcp(from, reader->sender())) return;
  if (reader->sender() == packetizer_.ssrc()) on_collision(from.ip);
  const auto look_at = [&](const rtp::ReportBlocks& blocks) {
    const auto all = blocks.all();
    const auto ours = std::find_if(all.begin(), all.end(), [&](const rtp::ReportBlock& block) { return block.ssrc == packetizer_.ssrc(); });
    if (ours == all.end()) return meter_.on_report(false, 0);
    meter_.on_report(true, ours->fraction_lost);
    chain_->set_expected_loss(ours->fraction_lost);
    if (const auto trip = rtp::round_trip(*ours, wall_at(now))) round_trip_us_ = static_cast<std::uint32_t>(trip->count());
  };
  while (const auto packet = reader->next()) {
    if (const auto* sender = std::get_if<rtp::SenderReport>(&*packet)) {
      reception_.on_sender_report(*sender, now);
      look_at(sender->blocks);
    } else if (const auto* receiver = std::get_if<rtp::ReceiverReport>(&*packet)) {
      look_at(receiver->blocks);
    } else if (const auto* bye = std::get_if<rtp::Bye>(&*packet)) {
      for (std::size_t i = 0; i < bye->count; ++i) {
        source_.on_bye(bye->ssrcs[i]);
        reception_.on_bye(bye->ssrcs[i]);
      }
    } else if (const auto* other = std::get_if<rtp::OtherRtcp>(&*packet); other != nullptr && other->type == rtp::kExtendedReport) {
      const auto metrics = rtp::parse_voip_metrics(other->body);
      if (metrics && metrics->ssrc == packetizer_.ssrc()) peers_view_ = metrics;
    }
  }
}

void Stream::add_voip_metrics(rtp::CompoundWriter& writer) const {
  const auto about = source_.ssrc();
  if (!plan_->send_voip_metrics || !about) return;
  std::array<std::uint8_t, rtp::kVoipMetricsOctets> body;
  static_cast<void>(rtp::write_voip_metrics(packetizer_.ssrc(), voip_metrics_of(statistics(), *about), body));
  writer.other(rtp::kExtendedReport, body);
}

/// Changes our SSRC, once for each host. If the packets of a host carry our SSRC again, the host returns our own stream.
/// Deviation: RFC 3550 section 8.2 drops this loop. Offhook plays it, as echo tests need. No endless loop arises, because Offhook does not send
/// received audio back.
void Stream::on_collision(const base::IpAddress& host) {
  leaves_ssrc_ = leaves_ssrc_ || conflicting_ != host;
  conflicting_ = host;
}

void Stream::leave_ssrc(base::TimePoint now, Sendout& out) {
  leaves_ssrc_ = false;
  say_bye(now, out);
  packetizer_.begin_ssrc(base::SeededRandom(rtcp_seed_ + ++ssrc_changes_).next_u32());
  if (translator_) translator_->set_ssrc(packetizer_.ssrc());
}

/// RFC 3550 section 6.3.7: a participant that never sent anything sends no BYE.
void Stream::say_bye(base::TimePoint now, Sendout& out) {
  if (reported_ || packetizer_.packets() != 0) report(now, true, out);
}

void Stream::report_when_due(base::TimePoint now, Sendout& out) {
  if (leaves_ssrc_) leave_ssrc(now, out);
  if (!rtcp_schedule_->is_due(now)) return;
  report(now, false, out);
  rtcp_schedule_->on_sent(now);
}

void Stream::report(base::TimePoint now, bool bye, Sendout& out) {
  const auto to = source_.rtcp_destination();
  Datagram* datagram = out.next();
  if (!to || datagram == nullptr) return;
  rtp::CompoundWriter writer(datagram->octets);
  rtp::ReportBlocks blocks;
  if (const auto block = reception_.take_report(now)) {
    blocks.items[0] = *block;
    blocks.count = 1;
  }
  const auto ssrc = packetizer_.ssrc();
  // RFC 3550 section 6.4: a sender report if a packet was sent since the last report.
  if (packetizer_.packets() != packets_at_report_) {
    const auto timestamp = is_relayed() ? translator_->timestamp_at(now) : packetizer_.timestamp();
    writer.sender_report({.ssrc = ssrc, .ntp = wall_at(now), .rtp_timestamp = timestamp,
                          .packets = static_cast<std::uint32_t>(packetizer_.packets_of_ssrc()),
                          .octets = static_cast<std::uint32_t>(packetizer_.payload_octets_of_ssrc()), .blocks = blocks});
  } else {
    writer.receiver_report({.ssrc = ssrc, .blocks = blocks});
  }
  packets_at_report_ = packetizer_.packets();
  writer.cname(ssrc, options_.cname);
  add_voip_metrics(writer);
  if (bye) writer.bye(ssrc, "");
  const auto size = writer.finish();
  if (!size) return;
  datagram->channel = Channel::Rtcp;
  datagram->to = *to;
  datagram->size = static_cast<std::uint16_t>(*size);
  out.keep();
  reported_ = true;
}

rtp::NtpTime Stream::wall_at(base::TimePoint now) const {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(now - last_tick_.now).count();
  // 32.32 fixed point; `now` is at most a few ticks from the last tick.
  const auto units = static_cast<double>(since) * 4294967296.0 / 1e9;
  return {last_tick_.wall.value + static_cast<std::uint64_t>(static_cast<std::int64_t>(units))};
}

LegStatistics Stream::statistics() const {
  const auto jitter = jitter_buffer_.statistics();
  const auto& source = source_.statistics();
  LegStatistics all;
  all.packets_received = reception_.received();
  all.packets_sent = packetizer_.packets();
  all.bytes_received = bytes_received_;
  all.bytes_sent = packetizer_.datagram_octets();
  all.packets_lost = reception_.lost();
  if (translator_) {
    all.packets_passed = translator_->statistics().passed;
    all.packets_unpassed = translator_->statistics().dropped();
  }
  all.packets_late = jitter.late;
  all.packets_duplicate = jitter.duplicate;
  all.packets_overflowed = jitter.overflowed + jitter.inbox_full;
  all.packets_unplaced = jitter.suspect;
  all.refused_source = source.refused_source + source.refused_ssrc + source.probation + source.rtcp_refused;
  all.refused_payload = refused_payload_ + jitter.refused_payload;
  all.malformed = malformed_ + event_receiver_.malformed();
  all.digits_ignored = digit_limit_.ignored() + event_receiver_.dropped();
  all.digits_unsent = digits_refused_;
  all.events_dropped = port_->events_dropped.load(std::memory_order_relaxed);
  all.heard_dropped = port_->heard_dropped.load(std::memory_order_relaxed);
  all.frames_concealed = jitter.concealed;
  all.frames_played = jitter.frames;
  all.jitter_us = static_cast<std::uint32_t>(reception_.jitter().count());
  all.jitter_buffer_ms = jitter.delay_ms;
  all.round_trip_us = round_trip_us_;
  all.source = source_.locked();
  if (plan_) all.codec = plan_->codec;
  all.packet_us = static_cast<std::uint32_t>(reception_.packet_time().count());
  all.losses = reception_.losses();
  all.played = jitter;
  all.peers_view = peers_view_;
  meter_.fill(all);
  return all;
}

}  // namespace offhook::inline v0::media
