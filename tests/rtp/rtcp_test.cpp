#include <offhook/rtp/rtcp.hpp>

#include <offhook/base/random.hpp>
#include <offhook/rtp/rtcp_schedule.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using offhook_test::joined;
using offhook_test::Octets;
using rtp::CompoundReader;
using rtp::RtcpError;

namespace {

const Octets kEmptyRr{0x80, 201, 0, 1, 1, 2, 3, 4};

RtcpError rtcp_error(const Octets& octets) {
  const auto compound = CompoundReader::open(octets);
  REQUIRE_FALSE(compound);
  return compound.error();
}

}  // namespace

TEST_CASE("A compound of SR, SDES and BYE reads back as written [RFC 3550 section 6]") {
  rtp::SenderReport report{
      .ssrc = 7, .ntp = {0x1122334455667788}, .rtp_timestamp = 99, .packets = 5, .octets = 800, .blocks = {}};
  report.blocks.count = 2;
  report.blocks.items[0] = {.ssrc = 42,
                            .fraction_lost = 12,
                            .cumulative_lost = -3,
                            .highest_sequence = 0x10005,
                            .jitter = 8,
                            .last_sr = 4,
                            .delay_since_last_sr = 9};
  report.blocks.items[1] = {.ssrc = 43,
                            .fraction_lost = 255,
                            .cumulative_lost = 0x7FFFFF,
                            .highest_sequence = 1,
                            .jitter = 2,
                            .last_sr = 3,
                            .delay_since_last_sr = 4};
  Octets out(300);
  rtp::CompoundWriter writer(out);
  writer.sender_report(report);
  writer.cname(7, "offhook@example");
  writer.bye(7, "done");
  const auto size = writer.finish();
  REQUIRE(size);
  CHECK(*size % 4 == 0);
  auto compound = CompoundReader::open(base::Bytes(out).first(*size));
  REQUIRE(compound);
  CHECK(compound->sender() == 7);
  const auto first = compound->next();
  REQUIRE(first);
  const auto& again = std::get<rtp::SenderReport>(*first);
  CHECK(again.ntp == report.ntp);
  CHECK(again.rtp_timestamp == 99);
  CHECK(again.packets == 5);
  CHECK(again.octets == 800);
  REQUIRE(again.blocks.count == 2);
  CHECK(again.blocks.items[0] == report.blocks.items[0]);
  CHECK(again.blocks.items[1] == report.blocks.items[1]);
  CHECK(std::get<rtp::SourceDescription>(*compound->next()).cname == "offhook@example");
  const auto last = compound->next();
  CHECK(std::get<rtp::Bye>(*last).reason == "done");
  CHECK(std::get<rtp::Bye>(*last).ssrcs[0] == 7);
  CHECK_FALSE(compound->next());
}

TEST_CASE("A CNAME of any length is padded to whole words and cut off at 255 octets [RFC 3550 section 6.5]") {
  for (std::size_t size = 0; size <= 257; ++size) {
    Octets out(400);
    rtp::CompoundWriter writer(out);
    writer.receiver_report({.ssrc = 1, .blocks = {}});
    writer.cname(1, std::string(size, 'x'));
    writer.bye(1, std::string(size, 'y'));
    const auto written = writer.finish();
    if (!written) {
      CHECK(size > 120);  // Both texts together do not fit into 400 octets, and the writer wrote nothing beyond them.
      continue;
    }
    auto compound = CompoundReader::open(base::Bytes(out).first(*written));
    REQUIRE(compound);
    (void)compound->next();
    CHECK(std::get<rtp::SourceDescription>(*compound->next()).cname.size() == std::min(size, rtp::kMaxSdesText));
    CHECK(std::get<rtp::Bye>(*compound->next()).reason.size() == std::min(size, rtp::kMaxSdesText));
  }
}

TEST_CASE("CompoundReader checks the framing of a compound [RFC 3550 appendix A.2]") {
  CHECK(CompoundReader::open(kEmptyRr));
  CHECK(rtcp_error({0x80, 201, 0, 0}) == RtcpError::TooShort);
  CHECK(rtcp_error({0x40, 201, 0, 1, 0, 0, 0, 0}) == RtcpError::BadVersion);
  CHECK(rtcp_error({0x81, 202, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0}) == RtcpError::NotACompound);
  CHECK(rtcp_error({0x80, 201, 0, 2, 1, 2, 3, 4}) == RtcpError::BadLength);
  CHECK(rtcp_error(joined(kEmptyRr, {0x80, 201, 0})) == RtcpError::BadLength);
  CHECK(rtcp_error({0x80, 201, 0, 0, 0x80, 201, 0, 0}) == RtcpError::BadBody);
  CHECK(rtcp_error({0x81, 201, 0, 1, 1, 2, 3, 4}) == RtcpError::BadBody);
}

TEST_CASE("CompoundReader refuses counts and texts that exceed their packet [RFC 3550 section 6.6, CVE-2021-43804]") {
  CHECK(rtcp_error(joined(kEmptyRr, {0x82, 203, 0, 1, 0, 0, 0, 9})) == RtcpError::BadBody);
  CHECK(rtcp_error(joined(kEmptyRr, {0x81, 203, 0, 2, 0, 0, 0, 9, 4, 'a', 'b', 'c'})) == RtcpError::BadBody);
  CHECK(CompoundReader::open(joined(kEmptyRr, {0x81, 203, 0, 2, 0, 0, 0, 9, 3, 'a', 'b', 'c'})));
  CHECK(rtcp_error(joined(kEmptyRr, {0x81, 202, 0, 2, 0, 0, 0, 9, 1, 4, 'a', 'b'})) == RtcpError::BadBody);
  CHECK(rtcp_error(joined(kEmptyRr, {0x81, 202, 0, 2, 0, 0, 0, 9, 1, 2, 'a', 'b'})) == RtcpError::BadBody);  // The list has no terminating zero.
  CHECK(CompoundReader::open(joined(kEmptyRr, {0x81, 202, 0, 3, 0, 0, 0, 9, 1, 2, 'a', 'b', 0, 0, 0, 0})));
}

TEST_CASE("CompoundReader accepts padding only in the last packet [RFC 3550 section 6.4.1]") {
  CHECK(rtcp_error(joined({0xA0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 4}, kEmptyRr)) == RtcpError::BadPadding);
  CHECK(CompoundReader::open(joined(kEmptyRr, {0xA0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 4})));
  CHECK(rtcp_error(joined(kEmptyRr, {0xA0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 3})) == RtcpError::BadPadding);
  CHECK(rtcp_error(joined(kEmptyRr, {0xA0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 12})) == RtcpError::BadPadding);
  CHECK(rtcp_error(joined(kEmptyRr, {0xA0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 0})) == RtcpError::BadPadding);
  CHECK(rtcp_error(joined(kEmptyRr, {0xA0, 201, 0, 0})) == RtcpError::BadPadding);
}

TEST_CASE("CompoundReader reads kMaxRtcpPackets packets, and refuses one more") {
  Octets octets;
  for (std::size_t i = 0; i < rtp::kMaxRtcpPackets; ++i) octets = joined(octets, kEmptyRr);
  auto compound = CompoundReader::open(octets);
  REQUIRE(compound);
  std::size_t packets = 0;
  while (compound->next()) ++packets;
  CHECK(packets == rtp::kMaxRtcpPackets);
  CHECK(rtcp_error(joined(octets, kEmptyRr)) == RtcpError::TooMany);
}

TEST_CASE("CompoundReader reads all 31 report blocks, and returns packets of unknown types uninterpreted [RFC 3550 section 6.4.2]") {
  rtp::ReceiverReport report{.ssrc = 5, .blocks = {}};
  report.blocks.count = 31;
  report.blocks.items[30].ssrc = 77;
  Octets out(2000);
  rtp::CompoundWriter writer(out);
  writer.receiver_report(report);
  auto octets = Octets(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*writer.finish()));
  octets = joined(octets, {0x8F, 207, 0, 1, 9, 9, 9, 9});
  auto compound = CompoundReader::open(octets);
  REQUIRE(compound);
  CHECK(std::get<rtp::ReceiverReport>(*compound->next()).blocks.all()[30].ssrc == 77);
  CHECK(std::get<rtp::OtherRtcp>(*compound->next()).type == 207);
}

TEST_CASE("CompoundWriter reports an error when its buffer is too small") {
  Octets out(11);
  rtp::CompoundWriter writer(out);
  writer.receiver_report({.ssrc = 1, .blocks = {}});
  CHECK(writer.finish() == 8);
  writer.bye(1, "");
  CHECK_FALSE(writer.finish());
}

TEST_CASE("NtpTime counts from the year 1900 [RFC 3550 section 4]") {
  CHECK(rtp::NtpTime::from_unix(0s).value == 2'208'988'800ull << 32);
  CHECK(rtp::NtpTime::from_unix(500ms).value == (2'208'988'800ull << 32 | 0x80000000));
  CHECK(rtp::NtpTime{0x1122334455667788}.middle() == 0x33445566);
}

TEST_CASE("RtcpSchedule sends reports every 5 s on average, randomised by half, and the first one earlier [RFC 3550 section 6.3.1]") {
  base::SeededRandom random(3);
  base::TimePoint now{};
  double sum = 0;
  for (int i = 0; i < 2000; ++i) {
    rtp::RtcpSchedule first(random.next_u64(), now);
    CHECK(first.next_deadline() - now >= 1026ms);   // 2.5 s x 0.5 / 1.218
    CHECK(first.next_deadline() - now <= 3079ms);
    first.on_sent(now);
    CHECK(first.next_deadline() - now >= 2052ms);
    CHECK(first.next_deadline() - now <= 6157ms);
    sum += std::chrono::duration<double>(first.next_deadline() - now).count();
    CHECK_FALSE(first.is_due(first.next_deadline() - 1ns));
    CHECK(first.is_due(first.next_deadline()));
  }
  CHECK(sum / 2000 == doctest::Approx(5 / 1.21828).epsilon(0.03));
}
