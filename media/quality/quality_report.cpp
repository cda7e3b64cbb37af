#include <offhook/media/quality/quality_report.hpp>

namespace offhook::inline v0::media {
namespace {

constexpr double kUsualPacketMs = 20;

std::optional<rtp::CodecImpairment> impairment_of(AudioCodec codec) {
  switch (codec) {
    case AudioCodec::Pcmu:
    case AudioCodec::Pcma:
    case AudioCodec::L16: return rtp::kG711ConcealedImpairment;  // Like G.711, L16 loses nothing by coding, and its packet losses sound the same.
    case AudioCodec::G722: return rtp::kG722Impairment;
    case AudioCodec::Opus:
    case AudioCodec::L16Wide: return std::nullopt;  // no planning value is published
  }
  return std::nullopt;
}

rtp::CallMeasures measures_of(const LegStatistics& leg) {
  rtp::CallMeasures measures;
  measures.loss = leg.losses.figures();
  measures.packet_ms = leg.packet_us == 0 ? kUsualPacketMs : leg.packet_us / 1000.0;
  measures.jitter_ms = leg.jitter_us / 1000.0;
  measures.buffer_ms = leg.jitter_buffer_ms;
  if (leg.round_trip_us) measures.round_trip_ms = *leg.round_trip_us / 1000.0;
  measures.codec = impairment_of(leg.codec);
  return measures;
}

}  // namespace

QualityReport report_of(const LegStatistics& leg) {
  const rtp::CallMeasures measures = measures_of(leg);
  QualityReport report;
  report.loss = measures.loss;
  report.quality = rtp::assess(measures);
  report.heard = leg.heard.figures();
  report.packet_ms = measures.packet_ms;
  report.jitter_ms = measures.jitter_ms;
  report.buffer_ms = measures.buffer_ms;
  report.round_trip_ms = measures.round_trip_ms;
  if (leg.echo_return_loss_db) report.echo_return_loss_db = *leg.echo_return_loss_db;
  report.one_way = leg.one_way;
  report.one_way_ever = leg.one_way_ever;
  report.played = leg.played;
  if (leg.peers_view && leg.peers_view->mos_conversation != rtp::kNoFigure) report.peers_mos = leg.peers_view->mos_conversation / 10.0;
  return report;
}

rtp::VoipMetrics voip_metrics_of(const LegStatistics& leg, std::uint32_t ssrc) {
  const SoundFigures heard = leg.heard.figures();
  return rtp::to_voip_metrics(ssrc, measures_of(leg), {heard.speech_dbov, heard.noise_dbov});
}

std::string to_string(const OneWay& one_way) {
  std::string words;
  const auto add = [&words](bool holds, const char* word) {
    if (holds) words += (words.empty() ? "" : ", ") + std::string(word);
  };
  add(one_way.nothing_comes, "nothing comes");
  add(one_way.only_silence_comes, "only silence comes");
  add(one_way.peer_hears_nothing, "the peer hears nothing");
  return words;
}

}  // namespace offhook::inline v0::media
