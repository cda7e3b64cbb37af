#include <offhook/tests/media/stream_call.hpp>

#include <offhook/media/comfort_noise.hpp>
#include <offhook/media/quality_report.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace offhook;
using namespace offhook_test;

namespace {

/// A call in which b hears a's voice, with what becomes of each packet said by its number.
struct Measured : Call {
  std::function<bool(std::size_t)> eaten = [](std::size_t) { return false; };
  std::size_t sent = 0;

  Measured() {
    a_says = sine(440, 8000, 60);
    begin();
  }
  /// One tick with the wire's losses: what is in flight and unlucky goes.
  void run_lossy(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      run(1);
      if (wire.empty()) continue;
      for (auto flight = wire.begin(); flight != wire.end();) {
        const bool audio = flight->datagram.channel == media::Channel::Rtp && flight->from == kA && flight->at > now() + delay - 20ms - 1us;
        flight = audio && eaten(sent++) ? wire.erase(flight) : std::next(flight);
      }
    }
  }
  media::QualityReport report() const { return media::report_of(b.stream->statistics()); }
};

}  // namespace

TEST_CASE_FIXTURE(Measured, "A good call: no loss, R as good as a telephone's, the level of what was said") {
  run(600);
  const auto all = report();
  CHECK(all.loss.lost == 0);
  CHECK(all.loss.received > 590);
  CHECK(all.packet_ms == 20);
  REQUIRE(all.quality.r);
  CHECK(*all.quality.r > 90);
  CHECK(*all.quality.mos_listening > 4.4);
  CHECK(all.quality.one_way_ms > 20);
  CHECK(all.quality.one_way_ms < 80);
  REQUIRE(all.round_trip_ms);
  REQUIRE(all.heard.peak_dbov);
  CHECK(*all.heard.peak_dbov == doctest::Approx(-12.2).epsilon(0.03));  // A sine of 8000.
  CHECK(all.heard.clipped_percent == 0);
  CHECK_FALSE(all.one_way_ever.any());
}

TEST_CASE_FIXTURE(Measured, "One packet in ten lost in bursts of five: the pattern tells it, and R falls [RFC 3611 section 4.7.2]") {
  eaten = [](std::size_t number) { return number % 50 < 5; };
  run_lossy(1500);
  const auto all = report();
  CHECK(all.loss.missing_percent() == doctest::Approx(10).epsilon(0.1));
  CHECK(all.loss.bursts >= 28);
  CHECK(all.loss.burst_packets == doctest::Approx(5));
  CHECK(all.loss.burst_density == 1);
  CHECK(all.loss.burst_ratio == doctest::Approx(4.5).epsilon(0.05));
  CHECK(*all.quality.r < 60);
}

TEST_CASE_FIXTURE(Measured, "A packet that comes when later ones were played is too late, not lost") {
  run(100);
  auto& last = a.sent.at(a.sent.size() - 60);
  REQUIRE(last.channel == media::Channel::Rtp);
  const auto before = report().loss;
  b.stream->on_packet(media::Channel::Rtp, kA, last.bytes(), now());  // A duplicate of one that was in time.
  CHECK(report().loss.received == before.received);
  CHECK(report().loss.discarded == 0);
  auto packet = *rtp::parse_packet(a.sent.back().bytes());
  packet.sequence = static_cast<std::uint16_t>(packet.sequence + 1);
  packet.timestamp -= 8000;
  std::array<std::uint8_t, 300> datagram{};
  const auto size = rtp::write_packet(packet, datagram);
  b.stream->on_packet(media::Channel::Rtp, kA, base::Bytes(datagram).first(*size), now());
  CHECK(report().loss.discarded == 1);
}

TEST_CASE_FIXTURE(Measured, "The wire carries nothing towards a: it says so after five seconds, and that it was so to the end") {
  b_is_heard = false;
  run(260);
  auto one_way = media::report_of(a.stream->statistics()).one_way;
  CHECK(one_way.nothing_comes);
  CHECK(media::to_string(one_way) == "nothing comes");
  b_is_heard = true;
  run(20);
  const auto all = media::report_of(a.stream->statistics());
  CHECK_FALSE(all.one_way.any());
  CHECK(all.one_way_ever.nothing_comes);
}

TEST_CASE_FIXTURE(Measured, "b hears nothing of a, and its reports tell a") {
  a_is_heard = false;
  run(1500);
  CHECK(media::report_of(a.stream->statistics()).one_way.peer_hears_nothing);
  CHECK(media::report_of(a.stream->statistics()).one_way.only_silence_comes);  // b has nothing to say.
  CHECK(media::to_string(media::report_of(a.stream->statistics()).one_way) == "only silence comes, the peer hears nothing");
}

TEST_CASE_FIXTURE(Measured, "Comfort noise is heard where the peer leaves out silence, and gone with the next audio [RFC 3389 section 4]") {
  a_says = sine(440, 8000, 1.0);
  run(100);
  a_is_heard = false;
  auto packet = *rtp::parse_packet(a.sent.back().bytes());
  const std::array<std::uint8_t, 1> noise{50};
  packet.payload = noise;
  packet.payload_type = media::kComfortNoiseType;
  packet.sequence = static_cast<std::uint16_t>(packet.sequence + 1);
  packet.timestamp += 160;
  std::array<std::uint8_t, 100> datagram{};
  const auto size = rtp::write_packet(packet, datagram);
  b.stream->on_packet(media::Channel::Rtp, kA, base::Bytes(datagram).first(*size), now());
  run(50);
  for (std::size_t i = 130; i < 150; ++i) CHECK(std::abs(b.frames.at(i).level_dbov + 50) <= 3);
  CHECK(b.frames.at(140).concealed);
  packet.payload = {};  // Not a description: the noise stays.
  packet.sequence = static_cast<std::uint16_t>(packet.sequence + 1);
  const auto empty = rtp::write_packet(packet, datagram);
  b.stream->on_packet(media::Channel::Rtp, kA, base::Bytes(datagram).first(*empty), now());
  CHECK(b.stream->statistics().malformed == 1);
  a_is_heard = true;
  run(50);
  CHECK(b.frames.at(190).level_dbov < -60);  // a's own silence, as it is.
}

TEST_CASE("G.722 is rated on the wideband scale [ITU-T G.107.1 section 7]") {
  Call call(media::AudioCodec::G722, 16000);
  call.begin();
  call.run(200);
  const auto all = media::report_of(call.b.stream->statistics());
  CHECK(all.quality.scale == rtp::QualityScale::Wideband);
  CHECK(*all.quality.r > 110);
  CHECK(*all.quality.r <= 116);
  CHECK(media::voip_metrics_of(call.b.stream->statistics(), 5).r_factor == rtp::kNoFigure);
}

TEST_CASE_FIXTURE(Measured, "What is told to the peer in an extended report [RFC 3611 section 4.7]") {
  run(300);
  const auto metrics = media::voip_metrics_of(b.stream->statistics(), 5);
  CHECK(metrics.ssrc == 5);
  CHECK(metrics.loss_rate == 0);
  CHECK(metrics.r_factor >= 90);
  CHECK(metrics.mos_listening == 44);
  CHECK(metrics.end_system_ms >= 20);
}

TEST_CASE("Nothing was heard yet: a report of zeros, with the usual packet") {
  const auto all = media::report_of({});
  CHECK(all.packet_ms == 20);
  CHECK(all.loss.received == 0);
  CHECK(all.heard.frames == 0);
  CHECK(media::to_string(all.one_way).empty());
}
