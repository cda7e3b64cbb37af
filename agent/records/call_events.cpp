#include <offhook/agent/records/call_events.hpp>

#include <offhook/agent/records/call_id.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/base/text.hpp>
#include <offhook/media/quality/quality_report.hpp>

#include <utility>

namespace offhook::inline v0::agent::records {

namespace {

std::string cut(std::string_view text) {
  return std::string(cut_utf8(text, kMaxFieldBytes));
}

/// Maps the conversation's reason for hanging up to the cause in the record.
std::string cause_of_reason(std::string_view why) {
  constexpr std::pair<std::string_view, std::string_view> kCauses[] = {
      {"goodbye", "goodbye"},           {"silence", "silence limit"},    {"hold limit", "hold limit"},
      {"time limit", "duration limit"}, {"shutdown", "shutdown"},
      {"transferred", "transferred"},   {"transfer failed", "transfer failed"},
      {"no media", "media lost"},       {"failure", "a part of the agent failed"},
      {"network tone", "network tone"}, {"answering machine", "answering machine"},
      {"message left", "message left"}, {"fax", "fax"}};
  for (const auto& [theirs, ours] : kCauses) {
    if (why == theirs) return std::string(ours);
  }
  return "goodbye";  // Any other reason is a text of the dialogue. It goes into Ending::detail.
}

Ending::By by_of(call::Ended::By by, bool outgoing) {
  switch (by) {
    case call::Ended::By::Us:
      return Ending::By::Agent;
    case call::Ended::By::Peer:
      return outgoing ? Ending::By::Called : Ending::By::Caller;
    case call::Ended::By::Network:
      return Ending::By::Network;
  }
  return Ending::By::Unknown;
}

/// Returns the cause of an end for which this side has given no reason.
std::string cause_of(const call::Ended& ended) {
  using Cause = call::Ended::Cause;
  switch (ended.cause) {
    case Cause::HungUp: return "hung up";
    case Cause::Cancelled: return "cancelled";
    case Cause::Replaced: return "replaced";
    case Cause::NoAnswer: return "no answer";
    case Cause::Unacknowledged: return "answer never acknowledged";
    case Cause::Lost: return "connection lost";
    case Cause::Unreachable: return "unreachable";
    case Cause::UnknownName: return "name not found";
    case Cause::Busy:
    case Cause::Declined:
    case Cause::Unavailable:
    case Cause::Terminated:
    case Cause::Rejected: return ended.status.empty() ? "refused" : cut("refused " + ended.status);
  }
  return {};
}

/// Returns true if this side may have ended the call in this way. The cause is then this side's reason, if it gave one.
bool may_be_chosen(call::Ended::Cause cause) {
  return cause == call::Ended::Cause::HungUp || cause == call::Ended::Cause::Cancelled || call::is_refusal(cause);
}

}  // namespace

std::string kept_uri(std::string_view uri) {
  const auto scheme = uri.substr(0, uri.find(':'));
  const auto at = uri.find('@');
  if (at == std::string_view::npos || !(base::iequals(scheme, "sip") || base::iequals(scheme, "sips"))) return cut(uri);
  const auto colon = uri.find(':', scheme.size() + 1);
  if (colon > at) return cut(uri);
  return cut(std::string(uri.substr(0, colon)).append(uri.substr(uri.rfind('@'))));  // A password may contain an unescaped '@'.
}

Party kept_party(const call::Party& party) { return {kept_uri(party.address), cut(party.name)}; }

CallRecord begun(const call::Incoming& call, std::string_view account) {
  CallRecord record;
  record.id = new_call_id();
  record.sip_call_id = cut(call.name.call);
  record.local_tag = call.name.tag;
  record.account = cut(account);
  record.from = kept_party(call.from);
  record.to = kept_party(call.to);
  record.dialled = kept_uri(call.dialled);
  record.source = call.source;
  record.identity = {call.check.result, cut(call.check.attest), cut(call.check.origid), call.check.why};
  return record;
}

CallRecord begun(std::string_view target, std::string_view account) {
  CallRecord record;
  record.id = new_call_id();
  record.outgoing = true;
  record.account = cut(account);
  record.from = {cut(account), {}};
  record.to = {kept_uri(target), {}};
  record.dialled = kept_uri(target);
  return record;
}

Ending ending_of(const call::Ended& ended, bool outgoing) {
  const bool has_reason = ended.by == call::Ended::By::Us && !ended.why.empty();
  Ending ending;
  ending.by = by_of(ended.by, outgoing);
  ending.cause = has_reason && may_be_chosen(ended.cause) ? cause_of_reason(ended.why) : cause_of(ended);
  ending.status = call::number_of(ended.status);
  ending.reason = cut(ended.reason);
  if (has_reason) ending.detail = cut(ended.why);
  if (ending.detail == ending.cause) ending.detail.clear();
  return ending;
}

namespace {

void add_report(MediaQuality& quality, const media::QualityReport& report) {
  quality.discarded = report.loss.discarded;
  quality.bursts = report.loss.bursts;
  quality.burst_ms = report.loss.burst_packets * report.packet_ms;
  quality.burst_density = report.loss.burst_density;
  quality.gap_ms = report.loss.gap_packets * report.packet_ms;
  quality.gap_density = report.loss.gap_density;
  quality.buffer_ms = report.buffer_ms;
  quality.one_way_ms = report.quality.one_way_ms;
  quality.r = report.quality.r;
  quality.mos = report.quality.mos_conversation;
  quality.mos_listening = report.quality.mos_listening;
  quality.wideband = report.quality.scale == rtp::QualityScale::Wideband;
  quality.speech_dbov = report.heard.speech_dbov;
  quality.noise_dbov = report.heard.noise_dbov;
  quality.peak_dbov = report.heard.peak_dbov;
  quality.silent_percent = report.heard.silent_percent;
  quality.clipped_percent = report.heard.clipped_percent;
  quality.echo_return_loss_db = report.echo_return_loss_db;
  quality.one_way = media::to_string(report.one_way_ever);
}

void add_played(MediaQuality& quality, const rtp::PlayedSamples& played) {
  constexpr double kSamplesPerMs = 8;
  quality.concealed_ms = played.concealed_samples / static_cast<std::uint64_t>(kSamplesPerMs);
  quality.concealment_events = played.concealment_events;
  quality.silent_concealed_ms = static_cast<double>(played.silent_concealed_samples) / kSamplesPerMs;
  quality.inserted_ms = static_cast<double>(played.inserted_samples_for_deceleration) / kSamplesPerMs;
  quality.removed_ms = static_cast<double>(played.removed_samples_for_acceleration) / kSamplesPerMs;
  const auto emitted = static_cast<double>(std::max<std::uint64_t>(played.jitter_buffer_emitted_count, 1));
  quality.mean_buffer_ms = static_cast<double>(played.jitter_buffer_delay) / emitted / kSamplesPerMs;
}

/// Converts the peer's report to common units: RFC 3611 section 4.7 has densities in 256ths and MOS values in tenths.
MediaQuality::PeersView peers_view_of(const rtp::VoipMetrics& metrics) {
  const auto known = [](int value, double scale = 1) {
    return value == rtp::kNoFigure ? std::nullopt : std::optional(static_cast<double>(value) / scale);
  };
  MediaQuality::PeersView view;
  view.lost_percent = metrics.loss_rate / 2.56;
  view.discarded_percent = metrics.discard_rate / 2.56;
  view.burst_ms = metrics.burst_ms;
  view.burst_density = metrics.burst_density / 256.0;
  view.gap_ms = metrics.gap_ms;
  view.gap_density = metrics.gap_density / 256.0;
  view.round_trip_ms = metrics.round_trip_ms;
  view.end_system_ms = metrics.end_system_ms;
  view.r = known(metrics.r_factor);
  view.mos = known(metrics.mos_conversation, 10);
  view.mos_listening = known(metrics.mos_listening, 10);
  view.speech_dbm0 = known(metrics.signal_dbm0);
  view.noise_dbm0 = known(metrics.noise_dbm0);
  view.echo_return_loss_db = known(metrics.residual_echo_db);
  return view;
}

}  // namespace

MediaQuality quality_of(const media::LegStatistics& media) {
  MediaQuality quality;
  quality.packets_sent = media.packets_sent;
  quality.packets_received = media.packets_received;
  quality.octets_sent = media.bytes_sent;
  quality.octets_received = media.bytes_received;
  quality.lost = media.packets_lost;
  quality.late = media.packets_late;
  quality.duplicate = media.packets_duplicate;
  quality.refused = media.path_refused;
  quality.jitter_ms = media.jitter_us / 1000.0;
  if (media.round_trip_us) quality.round_trip_ms = *media.round_trip_us / 1000.0;
  add_report(quality, media::report_of(media));
  add_played(quality, media.played);
  if (media.peers_view) quality.peers_view = peers_view_of(*media.peers_view);
  return quality;
}

}  // namespace offhook::inline v0::agent::records
