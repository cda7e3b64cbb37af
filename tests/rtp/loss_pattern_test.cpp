#include <offhook/rtp/loss_pattern.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace offhook;

namespace {

/// Makes a loss pattern: '1' is a packet in time, 'X' a packet that came too late, '0' a lost packet.
rtp::LossPattern pattern(std::string_view packets, std::uint16_t first = 65500) {
  rtp::LossPattern result;
  for (const char packet : packets) {
    if (packet != '0') result.on_packet(first, packet == '1');
    ++first;
  }
  return result;
}
std::string present(std::size_t count) { return std::string(count, '1'); }

}  // namespace

TEST_CASE("LossPattern finds the bursts and gaps of the RFC's example with 64 packets [RFC 3611 section 4.7.2]") {
  const auto all = pattern("11110111111111111111111" "X111X1011110" "111111111111111111X1111111111").figures();
  CHECK(all.bursts == 1);
  CHECK(all.gaps == 2);
  CHECK(all.burst_packets == 12);                               // 120 ms with packets of 10 ms.
  CHECK(all.burst_density == doctest::Approx(0.33).epsilon(0.02));
  CHECK(all.gap_packets * static_cast<double>(all.gaps) == 52);  // 230 ms and 290 ms.
  CHECK(all.gap_density == doctest::Approx(0.04).epsilon(0.05));
  CHECK(all.lost == 3);
  CHECK(all.discarded == 3);
  CHECK(all.received == 58);
}

TEST_CASE("LossPattern reports one gap with density 0 if no packet was lost, and no gap if there were no packets") {
  const auto figures = pattern(present(100)).figures();
  CHECK(figures.received == 100);
  CHECK(figures.gaps == 1);
  CHECK(figures.gap_packets == 100);
  CHECK(figures.bursts == 0);
  CHECK(figures.missing_percent() == 0);
  CHECK(figures.burst_ratio == 1);
  const auto nothing = rtp::LossPattern().figures();
  CHECK(nothing.gaps == 0);
  CHECK(nothing.missing_percent() == 0);
}

TEST_CASE("Sixteen received packets in a row end a burst, and fifteen do not [RFC 3611 section 4.7.2]") {
  const auto apart = pattern("1" "0" + present(rtp::kGmin) + "0" + present(20)).figures();
  CHECK(apart.bursts == 0);
  CHECK(apart.gap_density == doctest::Approx(2.0 / 39));
  const auto together = pattern("1" "0" + present(rtp::kGmin - 1) + "0" + present(20)).figures();
  CHECK(together.bursts == 1);
  CHECK(together.burst_packets == rtp::kGmin + 1);
  CHECK(together.burst_density == doctest::Approx(2.0 / 17));
  CHECK(together.gap_density == 0);
}

TEST_CASE("LossPattern reports one gap if a burst is at the beginning or end, and three gaps if two bursts are between packets") {
  CHECK(pattern("X0" + present(20)).figures().gaps == 1);
  CHECK(pattern(present(20) + "0X").figures().gaps == 1);
  CHECK(pattern("X0" + present(20) + "0X").figures().gaps == 1);
  CHECK(pattern("XX").figures().gaps == 0);
  CHECK(pattern(present(20) + "00" + present(20) + "00" + present(20)).figures().gaps == 3);
}

TEST_CASE("LossPattern counts a packet as received if at most 63 later packets overtook it, and as lost if 64 packets overtook it") {
  rtp::LossPattern pattern;
  pattern.on_packet(100, true);
  for (std::uint16_t i = 102; i < 102 + rtp::kOpenPackets - 1; ++i) pattern.on_packet(i, true);
  auto more = pattern;
  CHECK(pattern.figures().lost == 1);
  pattern.on_packet(101, true);
  CHECK(pattern.figures().lost == 0);
  more.on_packet(102 + rtp::kOpenPackets - 1, true);
  more.on_packet(101, true);
  CHECK(more.figures().lost == 1);
  CHECK(more.figures().received == rtp::kOpenPackets + 1);
}

TEST_CASE("A duplicate does not change the figures, even if the first copy arrived too late") {
  rtp::LossPattern pattern;
  for (const bool in_time : {true, false, true}) pattern.on_packet(7, in_time);
  pattern.on_packet(8, false);
  pattern.on_packet(8, true);
  CHECK(pattern.figures().received == 1);
  CHECK(pattern.figures().discarded == 1);
}

TEST_CASE("LossPattern counts each packet of a loss that is longer than kOpenPackets, and limits the burst ratio to 8") {
  rtp::LossPattern pattern;
  for (std::uint16_t i = 0; i < 1000; ++i) pattern.on_packet(i, true);
  pattern.on_packet(1200, true);  // 200 packets in a row are lost.
  const auto figures = pattern.figures();
  CHECK(figures.lost == 200);
  CHECK(figures.bursts == 1);
  CHECK(figures.burst_packets == 200);
  CHECK(figures.burst_density == 1);
  CHECK(figures.burst_ratio == 8);
  rtp::LossPattern edge;  // First kOpenPackets - 1 packets in a row are lost, then kOpenPackets packets.
  edge.on_packet(0, true);
  edge.on_packet(rtp::kOpenPackets, true);
  CHECK(edge.figures().lost == rtp::kOpenPackets - 1);
  edge.on_packet(2 * rtp::kOpenPackets + 1, true);
  CHECK(edge.figures().lost == 2 * rtp::kOpenPackets - 1);
}

TEST_CASE("The burst ratio is 1 for single losses, and higher for pairs [ITU-T G.107 section 7.5]") {
  std::string singles, pairs;
  for (int i = 0; i < 50; ++i) {
    singles += "0" + present(9);
    pairs += "00" + present(18);
  }
  CHECK(pattern("1" + singles).figures().burst_ratio == 1);
  CHECK(pattern("1" + pairs).figures().burst_ratio == doctest::Approx(2 * 0.9).epsilon(0.01));
}

TEST_CASE("After restart(), a jump of the sequence numbers counts as no loss. restart() makes the results of the open packets final") {
  auto all = pattern(present(10) + "0" + present(3));
  all.restart();
  for (std::uint16_t i = 30000; i < 30010; ++i) all.on_packet(i, true);
  CHECK(all.figures().received == 23);
  CHECK(all.figures().lost == 1);
  all.restart();
  CHECK(all.figures().received == 23);
}
