#include <offhook/rtp/reception_statistics.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace std::chrono_literals;

namespace {

struct Stream {
  rtp::ReceptionStatistics statistics;
  base::TimePoint now{};
  void receive(std::uint16_t sequence, base::Duration after = 20ms, std::uint32_t ssrc = 1) {
    now += after;
    statistics.on_packet(ssrc, sequence, sequence * 160u, now);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Stream, "Loss is counted in total and for each report interval [RFC 3550 appendix A.3]") {
  CHECK_FALSE(statistics.take_report(now));
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{9, 10, 11, 12, 13})
    receive(sequence);  // The first packet is in probation and does not count.
  auto block = statistics.take_report(now);
  REQUIRE(block);
  CHECK(block->ssrc == 1);
  CHECK(block->fraction_lost == 0);
  CHECK(block->cumulative_lost == 0);
  CHECK(block->highest_sequence == 13);
  receive(16);                                                                 // 14 and 15 are lost: two of three expected packets.
  receive(17);                                                                 // Now two of four expected packets are lost.
  block = statistics.take_report(now);
  CHECK(block->fraction_lost == 128);
  CHECK(block->cumulative_lost == 2);
  CHECK(statistics.lost() == 2);
  receive(18);
  CHECK(statistics.take_report(now)->fraction_lost == 0);
}

TEST_CASE_FIXTURE(Stream, "The loss pattern counts the packets that pass the sequence check, over all SSRCs [RFC 3611 section 4.7.2]") {
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{9, 10, 11, 14, 60000, 15}) receive(sequence);  // Packet 60000 is a stray one.
  statistics.on_packet(1, 16, 16 * 160, now, false);
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{500, 501, 502}) receive(sequence, 20ms, 2);
  const auto figures = statistics.losses().figures();
  CHECK(figures.received == 6);  // The packets 10, 11, 14, 15, 501 and 502.
  CHECK(figures.lost == 2);
  CHECK(figures.discarded == 1);
  CHECK(figures.bursts == 1);
}

TEST_CASE_FIXTURE(Stream, "packet_time() returns the timestamp distance of consecutive packets. Events, gaps and long silence do not change it") {
  CHECK(statistics.packet_time() == 0us);
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{9, 10, 11}) receive(sequence);
  CHECK(statistics.packet_time() == 20ms);
  receive(13);
  statistics.on_packet(1, 14, 13 * 160, now);
  statistics.on_packet(1, 15, 13 * 160 + 2001, now);  // 250 ms and one timestamp unit.
  CHECK(statistics.packet_time() == 20ms);
  statistics.on_packet(1, 16, 13 * 160 + 4001, now);
  CHECK(statistics.packet_time() == 250ms);
}

TEST_CASE_FIXTURE(Stream, "Duplicates can make the cumulative loss negative, but not the fraction lost [RFC 3550 section 6.4.1]") {
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{9, 10, 11, 11, 11}) receive(sequence);
  const auto block = statistics.take_report(now);
  CHECK(block->cumulative_lost == -2);
  CHECK(block->fraction_lost == 0);
  CHECK(statistics.lost() == 0);
}

TEST_CASE_FIXTURE(Stream, "The loss of a whole interval is reported as 255, across a wrap of the sequence number [RFC 3550 appendix A.3]") {
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{65533, 65534, 65535}) receive(sequence);
  (void)statistics.take_report(now);
  receive(2999 - 1);
  const auto block = statistics.take_report(now);
  CHECK(block->fraction_lost == 255);
  CHECK(block->highest_sequence == 0x10000 + 2998);
}

TEST_CASE_FIXTURE(Stream, "The jitter of steady packets is 0, and approaches 10 ms for alternating offsets of 5 ms [RFC 3550 appendix A.8]") {
  for (std::uint16_t i = 0; i < 100; ++i) receive(i);
  CHECK(statistics.jitter() == 0us);
  for (std::uint16_t i = 100; i < 400; ++i) receive(i, i % 2 == 0 ? 30ms : 10ms);
  CHECK(statistics.jitter() > 8500us);
  CHECK(statistics.jitter() < 10500us);
  CHECK(statistics.take_report(now)->jitter == statistics.jitter().count() * 8 / 1000);
}

TEST_CASE_FIXTURE(Stream, "Packets of one telephone event share a timestamp and cause no jitter [RFC 4733 section 2.5.1]") {
  for (std::uint16_t i = 0; i < 10; ++i) receive(i);
  for (std::uint16_t i = 10; i < 20; ++i) statistics.on_packet(1, i, 10 * 160, now += 20ms);
  CHECK(statistics.jitter() <= 0us);
  CHECK(statistics.received() == 19);
}

TEST_CASE_FIXTURE(Stream, "A new SSRC restarts the report counters, and the totals continue") {
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{9, 10, 12, 13}) receive(sequence);
  CHECK(statistics.lost() == 1);
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{500, 501, 502, 504}) receive(sequence, 20ms, 2);
  CHECK(statistics.lost() == 2);
  CHECK(statistics.received() == 6);
  CHECK(statistics.take_report(now)->cumulative_lost == 1);
}

TEST_CASE_FIXTURE(Stream, "A report block has the time of the last SR and the delay since then, from which round_trip() computes the round trip [RFC 3550 section 6.4.1, figure 2]") {
  for (std::uint16_t i = 0; i < 5; ++i) receive(i);
  const auto sent_at = rtp::NtpTime::from_unix(1000s);
  statistics.on_sender_report({.ssrc = 1, .ntp = sent_at, .blocks = {}}, now);
  const auto block = statistics.take_report(now + 1500ms);
  CHECK(block->last_sr == sent_at.middle());
  CHECK(block->delay_since_last_sr == 65536 * 3 / 2);
  const auto trip = rtp::round_trip(*block, rtp::NtpTime::from_unix(1000s + 1500ms + 80ms));
  REQUIRE(trip);
  CHECK(trip->count() == doctest::Approx(80'000).epsilon(0.001));
  CHECK_FALSE(rtp::round_trip(*block, rtp::NtpTime::from_unix(1001s)));       // The difference is negative.
  CHECK_FALSE(rtp::round_trip(*block, rtp::NtpTime::from_unix(1100s)));       // The difference is more than a minute.
  CHECK_FALSE(rtp::round_trip({}, sent_at));
  statistics.on_sender_report({.ssrc = 2, .ntp = rtp::NtpTime::from_unix(9s), .blocks = {}}, now);
  CHECK(statistics.take_report(now)->last_sr == sent_at.middle());           // The report of another source does not count.
}

TEST_CASE("Reports have the jitter in units of the RTP clock. A change of the clock rate does not change the jitter in ms [RFC 3550 section 6.4.1]") {
  for (const std::uint32_t clock_hz : {8000U, 16000U, 48000U}) {
    CAPTURE(clock_hz);
    rtp::ReceptionStatistics statistics;
    statistics.set_clock(clock_hz);
    auto now = base::TimePoint{} + 100s;
    std::uint32_t timestamp = 0;
    const auto receive = [&](std::uint16_t sequence) {
      statistics.on_packet(1, sequence, timestamp, now + (sequence % 2 == 0 ? 4ms : 0ms));
      timestamp += clock_hz / 50;
      now += 20ms;
    };
    for (std::uint16_t i = 0; i < 200; ++i) receive(i);
    CHECK(statistics.jitter().count() == doctest::Approx(4000).epsilon(0.05));
    CHECK(statistics.take_report(now)->jitter == doctest::Approx(clock_hz / 250).epsilon(0.05));
    CHECK(statistics.packet_time() == 20ms);
    const auto before = static_cast<double>(statistics.jitter().count());
    statistics.set_clock(24000);
    CHECK(statistics.jitter().count() == doctest::Approx(before).epsilon(0.03));
    CHECK(statistics.packet_time() == 20ms);
    statistics.on_packet(1, 200, timestamp * 7, now);  // The statistics cannot compare the first packet of the new clock with an earlier packet.
    CHECK(statistics.jitter().count() == doctest::Approx(before).epsilon(0.03));
  }
}

TEST_CASE_FIXTURE(Stream, "After the BYE of a source, there is no report block for it and the totals stay. A returning source counts from zero [RFC 3550 section 6.6]") {
  for (std::uint16_t i = 0; i < 10; ++i) {
    if (i != 5) receive(i);
  }
  const auto received = statistics.received(), lost = statistics.lost();
  statistics.on_bye(2);
  CHECK(statistics.take_report(now));
  statistics.on_bye(1);
  CHECK_FALSE(statistics.take_report(now));
  CHECK(statistics.received() == received);
  CHECK(statistics.lost() == lost);
  CHECK(lost == 1);
  for (std::uint16_t i = 500; i < 510; ++i) receive(i);
  const auto block = statistics.take_report(now);
  REQUIRE(block);
  CHECK(block->cumulative_lost == 0);
  CHECK(statistics.lost() == lost);
}
