#include <offhook/media/stream/reporter.hpp>

#include <offhook/media/quality/quality_report.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <variant>

namespace offhook::inline v0::media {

Reporter::Reporter(StreamContext& context, Receiver& receiver, Sender& sender, std::string cname, base::Random& random)
    : context_(context), receiver_(receiver), sender_(sender), cname_(cname.empty() ? random.token() : std::move(cname)) {}

// --- from the peer -----------------------------------------------------------------------------------------------------------

void Reporter::on_rtcp(const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  auto reader = rtp::CompoundReader::open(datagram);
  if (!reader) {
    ++malformed_;
    return;
  }
  if (!receiver_.source().on_rtcp(from, reader->sender())) return;
  on_ssrc(reader->sender(), from);
  while (const auto packet = reader->next()) {
    if (const auto* sender = std::get_if<rtp::SenderReport>(&*packet)) {
      receiver_.reception().on_sender_report(*sender, now);
      look_at(sender->blocks, now);
    } else if (const auto* receiver = std::get_if<rtp::ReceiverReport>(&*packet)) {
      look_at(receiver->blocks, now);
    } else if (const auto* bye = std::get_if<rtp::Bye>(&*packet)) {
      for (std::size_t i = 0; i < bye->count; ++i) {
        receiver_.source().on_bye(bye->ssrcs[i]);
        receiver_.reception().on_bye(bye->ssrcs[i]);
      }
    } else if (const auto* other = std::get_if<rtp::OtherRtcp>(&*packet); other != nullptr && other->type == rtp::kExtendedReport) {
      const auto metrics = rtp::parse_voip_metrics(other->body);
      if (metrics && metrics->ssrc == sender_.packets().ssrc()) peers_view_ = metrics;
    }
  }
}

void Reporter::look_at(const rtp::ReportBlocks& blocks, base::TimePoint now) {
  const auto all = blocks.all();
  const auto ours = std::find_if(all.begin(), all.end(), [&](const rtp::ReportBlock& block) { return block.ssrc == sender_.packets().ssrc(); });
  if (ours == all.end()) return context_.meter.on_report(false, 0);
  context_.meter.on_report(true, ours->fraction_lost);
  context_.chain->set_expected_loss(ours->fraction_lost);
  if (const auto trip = rtp::round_trip(*ours, wall_at(now))) round_trip_us_ = static_cast<std::uint32_t>(trip->count());
}

/// Changes our SSRC, once for each host. If the packets of this host then carry our new SSRC, the host returns our own stream.
/// Deviation: RFC 3550 section 8.2 drops this loop. Offhook plays it, as echo tests need. No endless loop arises, because Offhook does not send
/// received audio back.
void Reporter::on_collision(const base::IpAddress& host) {
  leaves_ssrc_ = leaves_ssrc_ || conflicting_ != host;
  conflicting_ = host;
}

// --- to the peer -------------------------------------------------------------------------------------------------------------

void Reporter::leave_ssrc(base::TimePoint now, Sendout& out) {
  leaves_ssrc_ = false;
  say_bye(now, out);
  sender_.begin_ssrc(base::SeededRandom(context_.seed + ++ssrc_changes_).next_u32());
}

/// RFC 3550 section 6.3.7: a participant that never sent anything sends no BYE.
void Reporter::say_bye(base::TimePoint now, Sendout& out) {
  if (reported_ || sender_.packets().packets() != 0) report(now, true, out);
}

void Reporter::report_when_due(base::TimePoint now, Sendout& out) {
  if (leaves_ssrc_) leave_ssrc(now, out);
  if (!schedule_->is_due(now)) return;
  report(now, false, out);
  schedule_->on_sent(now);
}

void Reporter::report(base::TimePoint now, bool bye, Sendout& out) {
  const bool is_muxed = context_.plan->is_rtcp_muxed();
  const auto to = is_muxed ? receiver_.source().rtp_destination() : receiver_.source().rtcp_destination();
  Datagram* datagram = out.next();
  if (!to || datagram == nullptr) return;
  rtp::CompoundWriter writer(datagram->octets);
  add_report(writer, now);
  const auto ssrc = sender_.packets().ssrc();
  writer.cname(ssrc, cname_);
  add_voip_metrics(writer);
  if (bye) writer.bye(ssrc, "");
  const auto size = writer.finish();
  if (!size) return;
  datagram->channel = is_muxed ? Channel::Rtp : Channel::Rtcp;
  datagram->to = *to;
  datagram->size = static_cast<std::uint16_t>(*size);
  out.keep();
  reported_ = true;
}

/// Adds a sender report if a packet was sent since the last report, otherwise a receiver report: RFC 3550 section 6.4.
void Reporter::add_report(rtp::CompoundWriter& writer, base::TimePoint now) {
  const Packetizer& sent = sender_.packets();
  rtp::ReportBlocks blocks;
  if (const auto block = receiver_.reception().take_report(now)) {
    blocks.items[0] = *block;
    blocks.count = 1;
  }
  if (sent.packets() == packets_at_report_) return writer.receiver_report({.ssrc = sent.ssrc(), .blocks = blocks});
  packets_at_report_ = sent.packets();
  writer.sender_report({.ssrc = sent.ssrc(), .ntp = wall_at(now), .rtp_timestamp = sender_.timestamp_at(now),
                        .packets = static_cast<std::uint32_t>(sent.packets_of_ssrc()),
                        .octets = static_cast<std::uint32_t>(sent.payload_octets_of_ssrc()), .blocks = blocks});
}

void Reporter::add_voip_metrics(rtp::CompoundWriter& writer) const {
  const auto about = receiver_.source().ssrc();
  if (!context_.plan->send_voip_metrics || !about) return;
  std::array<std::uint8_t, rtp::kVoipMetricsOctets> body;
  static_cast<void>(rtp::write_voip_metrics(sender_.packets().ssrc(), voip_metrics_of(statistics(), *about), body));
  writer.other(rtp::kExtendedReport, body);
}

rtp::NtpTime Reporter::wall_at(base::TimePoint now) const {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(now - context_.last_tick.now).count();
  // 32.32 fixed point; `now` is at most a few ticks from the last tick.
  const auto units = static_cast<double>(since) * 4294967296.0 / 1e9;
  return {context_.last_tick.wall.value + static_cast<std::uint64_t>(static_cast<std::int64_t>(units))};
}

// --- statistics ------------------------------------------------------------------------------------------------------------

LegStatistics Reporter::statistics() const {
  LegStatistics all;
  receiver_.fill(all);
  sender_.fill(all);
  context_.meter.fill(all);
  all.malformed += malformed_;
  all.round_trip_us = round_trip_us_;
  all.peers_view = peers_view_;
  if (context_.plan) all.codec = context_.plan->codec;
  return all;
}

}  // namespace offhook::inline v0::media
