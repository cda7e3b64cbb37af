#include <offhook/rtp/extended_report.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <vector>

using namespace offhook;

namespace {

rtp::VoipMetrics some_metrics() {
  rtp::VoipMetrics metrics;
  metrics.ssrc = 0x01020304;
  metrics.loss_rate = 5;
  metrics.discard_rate = 6;
  metrics.burst_density = 7;
  metrics.gap_density = 8;
  metrics.burst_ms = 0x0910;
  metrics.gap_ms = 0x1112;
  metrics.round_trip_ms = 0x1314;
  metrics.end_system_ms = 0x1516;
  metrics.signal_dbm0 = -20;
  metrics.noise_dbm0 = -60;
  metrics.residual_echo_db = 25;
  metrics.r_factor = 93;
  metrics.external_r_factor = 94;
  metrics.mos_listening = 45;
  metrics.mos_conversation = 44;
  metrics.concealment = rtp::VoipMetrics::Concealment::Enhanced;
  metrics.buffer = rtp::VoipMetrics::Buffer::Adaptive;
  metrics.buffer_rate = 9;
  metrics.buffer_nominal_ms = 0x1718;
  metrics.buffer_maximum_ms = 0x191A;
  metrics.buffer_limit_ms = 0x1B1C;
  return metrics;
}
const std::vector<std::uint8_t> kOnTheWire{0xAA, 0xBB, 0xCC, 0xDD, 7, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x10, 0x11, 0x12,
                                           0x13, 0x14, 0x15, 0x16, 0xEC, 0xC4, 25, 16, 93, 94, 45, 44, 0xB9, 0, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C};

std::vector<std::uint8_t> behind_other_blocks(std::size_t count) {
  std::vector<std::uint8_t> body{kOnTheWire.begin(), kOnTheWire.begin() + 4};
  for (std::size_t i = 0; i < count; ++i) body.insert(body.end(), {4, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8});  // A receiver reference time block.
  body.insert(body.end(), kOnTheWire.begin() + 4, kOnTheWire.end());
  return body;
}

}  // namespace

TEST_CASE("The VoIP metrics block is written and read in the RFC's format [RFC 3611 section 4.7]") {
  std::array<std::uint8_t, rtp::kVoipMetricsOctets> out{};
  REQUIRE(rtp::write_voip_metrics(0xAABBCCDD, some_metrics(), out));
  CHECK(std::equal(out.begin(), out.end(), kOnTheWire.begin(), kOnTheWire.end()));
  const auto read = rtp::parse_voip_metrics(kOnTheWire);
  REQUIRE(read);
  CHECK(*read == some_metrics());
}

TEST_CASE("An unknown metric is written as 127 [RFC 3611 sections 4.7.4 and 4.7.5]") {
  std::array<std::uint8_t, rtp::kVoipMetricsOctets> out{};
  REQUIRE(rtp::write_voip_metrics(1, {}, out));
  for (const std::size_t at : {24u, 25u, 26u, 28u, 29u, 30u, 31u}) CHECK(out[at] == rtp::kNoFigure);
  CHECK(out[27] == 16);
}

TEST_CASE("write_voip_metrics refuses a buffer that is one octet too small, and does not write to it") {
  std::array<std::uint8_t, rtp::kVoipMetricsOctets> out{};
  CHECK_FALSE(rtp::write_voip_metrics(1, some_metrics(), std::span(out).first(rtp::kVoipMetricsOctets - 1)));
  CHECK(std::all_of(out.begin(), out.end(), [](std::uint8_t octet) { return octet == 0; }));
}

TEST_CASE("parse_voip_metrics skips blocks of other types, up to kMaxReportParts [RFC 3611 section 3]") {
  CHECK(rtp::parse_voip_metrics(behind_other_blocks(3)) == some_metrics());
  CHECK(rtp::parse_voip_metrics(behind_other_blocks(rtp::kMaxReportParts - 1)) == some_metrics());
  CHECK_FALSE(rtp::parse_voip_metrics(behind_other_blocks(rtp::kMaxReportParts)));
}

TEST_CASE("parse_voip_metrics refuses a block that is cut off or has a wrong length") {
  for (std::size_t size = 0; size < kOnTheWire.size(); ++size) CHECK_FALSE(rtp::parse_voip_metrics(base::Bytes(kOnTheWire).first(size)));
  auto body = kOnTheWire;
  body[7] = 7;
  CHECK_FALSE(rtp::parse_voip_metrics(body));
  body[7] = 9;
  body.insert(body.end(), 4, 0);
  CHECK_FALSE(rtp::parse_voip_metrics(body));
  body[6] = body[7] = 255;
  CHECK_FALSE(rtp::parse_voip_metrics(body));
}

TEST_CASE("A compound packet can have an XR packet after the receiver report [RFC 3611 section 2]") {
  std::array<std::uint8_t, 200> datagram{};
  rtp::CompoundWriter writer(datagram);
  writer.receiver_report({.ssrc = 9, .blocks = {}});
  writer.cname(9, "name");
  writer.other(rtp::kExtendedReport, kOnTheWire);
  const auto size = writer.finish();
  REQUIRE(size);
  auto reader = rtp::CompoundReader::open(base::Bytes(datagram).first(*size));
  REQUIRE(reader);
  for (int i = 0; i < 2; ++i) CHECK(reader->next());
  const auto packet = reader->next();
  REQUIRE(packet);
  const auto& other = std::get<rtp::OtherRtcp>(*packet);
  CHECK(other.type == rtp::kExtendedReport);
  CHECK(rtp::parse_voip_metrics(other.body) == some_metrics());
  CHECK_FALSE(reader->next());
}
