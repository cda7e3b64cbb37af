#include <offhook/rtp/extended_report.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::uint8_t kVoipMetricsBlock = 7;
constexpr std::size_t kVoipMetricsWords = 8;

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |     BT=7      |   reserved    |       block length = 8        |
// |                        SSRC of source                         |
// |   loss rate   | discard rate  | burst density |  gap density  |
// |       burst duration          |         gap duration          |
// |     round trip delay          |       end system delay        |
// | signal level  |  noise level  |     RERL      |     Gmin      |
// |   R factor    | ext. R factor |    MOS-LQ     |    MOS-CQ     |
// |   RX config   |   reserved    |          JB nominal           |
// |          JB maximum           |          JB abs max           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
VoipMetrics take_voip_metrics(base::ByteReader& reader) {
  VoipMetrics metrics;
  metrics.ssrc = reader.u32();
  metrics.loss_rate = reader.u8();
  metrics.discard_rate = reader.u8();
  metrics.burst_density = reader.u8();
  metrics.gap_density = reader.u8();
  metrics.burst_ms = reader.u16();
  metrics.gap_ms = reader.u16();
  metrics.round_trip_ms = reader.u16();
  metrics.end_system_ms = reader.u16();
  metrics.signal_dbm0 = static_cast<std::int8_t>(reader.u8());
  metrics.noise_dbm0 = static_cast<std::int8_t>(reader.u8());
  metrics.residual_echo_db = reader.u8();
  metrics.gmin = reader.u8();
  metrics.r_factor = reader.u8();
  metrics.external_r_factor = reader.u8();
  metrics.mos_listening = reader.u8();
  metrics.mos_conversation = reader.u8();
  const std::uint8_t configuration = reader.u8();
  metrics.concealment = static_cast<VoipMetrics::Concealment>(configuration >> 6);
  metrics.buffer = static_cast<VoipMetrics::Buffer>(configuration >> 4 & 3);
  metrics.buffer_rate = configuration & 15;
  reader.u8();
  metrics.buffer_nominal_ms = reader.u16();
  metrics.buffer_maximum_ms = reader.u16();
  metrics.buffer_limit_ms = reader.u16();
  return metrics;
}

}  // namespace

std::optional<VoipMetrics> parse_voip_metrics(base::Bytes body) {
  base::ByteReader reader(body);
  reader.u32();  // The SSRC of the report's sender.
  for (std::size_t parts = 0; reader.remaining() != 0 && parts < kMaxReportParts; ++parts) {
    const std::uint8_t type = reader.u8();
    reader.u8();
    const std::size_t words = reader.u16();
    const auto content = reader.take(words * 4);
    if (!reader.ok()) return std::nullopt;
    if (type != kVoipMetricsBlock) continue;
    if (words != kVoipMetricsWords) return std::nullopt;
    base::ByteReader block(content);
    return take_voip_metrics(block);
  }
  return std::nullopt;
}

bool write_voip_metrics(std::uint32_t sender, const VoipMetrics& metrics, std::span<std::uint8_t> out) {
  if (out.size() < kVoipMetricsOctets) return false;
  base::ByteWriter writer(out);
  writer.u32(sender);
  writer.u8(kVoipMetricsBlock);
  writer.u8(0);
  writer.u16(kVoipMetricsWords);
  writer.u32(metrics.ssrc);
  for (const auto rate : {metrics.loss_rate, metrics.discard_rate, metrics.burst_density, metrics.gap_density}) writer.u8(rate);
  for (const auto ms : {metrics.burst_ms, metrics.gap_ms, metrics.round_trip_ms, metrics.end_system_ms}) writer.u16(ms);
  writer.u8(static_cast<std::uint8_t>(metrics.signal_dbm0));
  writer.u8(static_cast<std::uint8_t>(metrics.noise_dbm0));
  writer.u8(metrics.residual_echo_db);
  writer.u8(metrics.gmin);
  for (const auto figure : {metrics.r_factor, metrics.external_r_factor, metrics.mos_listening, metrics.mos_conversation}) writer.u8(figure);
  writer.u8(static_cast<std::uint8_t>(static_cast<unsigned>(metrics.concealment) << 6 | static_cast<unsigned>(metrics.buffer) << 4 |
                                      (metrics.buffer_rate & 15U)));
  writer.u8(0);
  for (const auto ms : {metrics.buffer_nominal_ms, metrics.buffer_maximum_ms, metrics.buffer_limit_ms}) writer.u16(ms);
  return writer.ok();
}

}  // namespace offhook::inline v0::rtp
