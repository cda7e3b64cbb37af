// The input is a compound RTCP packet. If open() accepts it, the target reads all its parts, checks their bounds, and feeds the statistics with them.
#include <offhook/rtp/extended_report.hpp>
#include <offhook/rtp/reception_statistics.hpp>
#include <offhook/rtp/rtcp.hpp>

#include <cstdlib>
#include <numeric>

using namespace offhook;

namespace {

std::size_t look_at(std::string_view text) {   // This reads every octet. Therefore asan detects a text that reaches beyond the end.
  return std::accumulate(text.begin(), text.end(), std::size_t{0},
                         [](std::size_t sum, char c) { return sum + static_cast<unsigned char>(c); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto compound = rtp::CompoundReader::open({data, size});
  if (!compound) return 0;
  rtp::ReceptionStatistics statistics;
  const base::TimePoint now{};
  statistics.on_packet(compound->sender(), 1, 0, now);
  statistics.on_packet(compound->sender(), 2, 160, now);
  std::size_t packets = 0, sum = 0;
  while (const auto packet = compound->next()) {
    if (++packets > rtp::kMaxRtcpPackets) std::abort();
    if (const auto* report = std::get_if<rtp::SenderReport>(&*packet)) {
      statistics.on_sender_report(*report, now);
      for (const auto& block : report->blocks.all()) (void)rtp::round_trip(block, report->ntp);
    }
    if (const auto* report = std::get_if<rtp::ReceiverReport>(&*packet)) sum += report->blocks.all().size();
    if (const auto* description = std::get_if<rtp::SourceDescription>(&*packet)) sum += look_at(description->cname);
    if (const auto* other = std::get_if<rtp::OtherRtcp>(&*packet); other != nullptr && other->type == rtp::kExtendedReport)
      sum += rtp::parse_voip_metrics(other->body).has_value() ? 1 : 0;
    if (const auto* bye = std::get_if<rtp::Bye>(&*packet)) sum += look_at(bye->reason) + bye->count;
  }
  if (packets == 0) std::abort();   // open() accepts only packets with at least one part.
  (void)statistics.take_report(now);
  return sum == SIZE_MAX ? 1 : 0;
}
