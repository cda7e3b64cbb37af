// The input is the body of an XR packet. Checks that parsed VoIP metrics do not change when they are written and parsed again.
#include <offhook/fuzz/require.hpp>
#include <offhook/rtp/extended_report.hpp>

#include <array>

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto metrics = rtp::parse_voip_metrics({data, size});
  if (!metrics) return 0;
  std::array<std::uint8_t, rtp::kVoipMetricsOctets> out{};
  fuzz::require(rtp::write_voip_metrics(1, *metrics, out));
  fuzz::require(rtp::parse_voip_metrics(out) == metrics);
  return 0;
}
