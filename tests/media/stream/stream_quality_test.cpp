#include <offhook/tests/media/stream_call.hpp>

#include <offhook/media/quality/quality_report.hpp>
#include <offhook/media/receive/comfort_noise.hpp>
#include <offhook/rtp/extended_report.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>
#include <vector>

using namespace offhook;
using namespace offhook_test;

namespace {

/// A call in which b hears a's tone. In run_lossy(), the packets of a whose number satisfies `eaten` are lost.
struct Measured : Call {
  std::function<bool(std::size_t)> eaten = [](std::size_t) { return false; };
  std::size_t sent = 0;

  Measured() {
    a_says = sine(440, 8000, 60);
    begin();
  }
  /// Runs ticks, and removes the packets that `eaten` selects from the wire.
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

TEST_CASE_FIXTURE(Measured, "For a good call, the report shows no loss, an R factor above 90, and the level of the sent audio") {
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
  CHECK(*all.heard.peak_dbov == doctest::Approx(-12.2).epsilon(0.03));  // the level of a sine of amplitude 8000
  CHECK(all.heard.clipped_percent == 0);
  CHECK_FALSE(all.one_way_ever.any());
}

TEST_CASE_FIXTURE(Measured, "If 10 % of the packets are lost in bursts of five, the loss pattern shows this, and R is lower [RFC 3611 section 4.7.2]") {
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

TEST_CASE_FIXTURE(Measured, "A packet that comes after later packets were played counts as discarded, not as lost") {
  run(100);
  const auto is_audio = [](const media::Datagram& datagram) { return datagram.channel == media::Channel::Rtp; };
  const auto& last = *std::find_if(a.sent.end() - 60, a.sent.end(), is_audio);
  const auto before = report().loss;
  b.stream->on_packet(media::Channel::Rtp, kA, last.bytes(), now());  // This is a duplicate of a packet that came in time.
  CHECK(report().loss.received == before.received);
  CHECK(report().loss.discarded == 0);
  auto packet = a.rtp().back();
  packet.sequence = static_cast<std::uint16_t>(packet.sequence + 1);
  packet.timestamp -= 8000;
  std::array<std::uint8_t, 300> datagram{};
  const auto size = rtp::write_packet(packet, datagram);
  b.stream->on_packet(media::Channel::Rtp, kA, base::Bytes(datagram).first(*size), now());
  CHECK(report().loss.discarded == 1);
}

TEST_CASE_FIXTURE(Measured, "If no packet arrives for five seconds, the report says nothing_comes. Later one_way_ever still says it") {
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

TEST_CASE_FIXTURE(Measured, "If b's receiver reports show that b receives nothing, the report of a says that the peer hears nothing") {
  a_is_heard = false;
  run(1500);
  CHECK(media::report_of(a.stream->statistics()).one_way.peer_hears_nothing);
  CHECK(media::report_of(a.stream->statistics()).one_way.only_silence_comes);  // b sends only silence.
  CHECK(media::to_string(media::report_of(a.stream->statistics()).one_way) == "only silence comes, the peer hears nothing");
}

TEST_CASE_FIXTURE(Measured, "If the peer leaves out silence, comfort noise plays until the next audio comes [RFC 3389 section 4]") {
  a_says = sine(440, 8000, 1.0);
  run(100);
  a_is_heard = false;
  auto packet = a.rtp().back();
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
  packet.payload = {};  // An empty payload is not a description. Therefore the noise continues.
  packet.sequence = static_cast<std::uint16_t>(packet.sequence + 1);
  const auto empty = rtp::write_packet(packet, datagram);
  b.stream->on_packet(media::Channel::Rtp, kA, base::Bytes(datagram).first(*empty), now());
  CHECK(b.stream->statistics().malformed == 1);
  a_is_heard = true;
  run(50);
  CHECK(b.frames.at(190).level_dbov < -60);  // a sends silence.
}

TEST_CASE_FIXTURE(Measured, "The statistics count concealed and played samples as WebRTC's statistics define them") {
  run_lossy(100);
  eaten = [](std::size_t number) { return number % 100 < 2; };
  run_lossy(500);
  const auto played = b.stream->statistics().played;
  CHECK(played.concealment_events >= 4);
  CHECK(played.concealment_events <= 6);
  CHECK(played.concealed_samples == doctest::Approx(static_cast<double>(played.concealment_events) * 320).epsilon(0.3));
  CHECK(played.silent_concealed_samples == 0);
  CHECK(played.jitter_buffer_emitted_count > 580 * 160);
  CHECK(played.jitter_buffer_delay / played.jitter_buffer_emitted_count >= 8 * 15);
  CHECK(played.jitter_buffer_delay / played.jitter_buffer_emitted_count <= 8 * 60);
}

namespace {

/// Returns the VoIP metrics blocks in these datagrams.
std::vector<rtp::VoipMetrics> metrics_in(const std::vector<media::Datagram>& sent) {
  std::vector<rtp::VoipMetrics> all;
  for (const auto& datagram : sent) {
    if (datagram.channel != media::Channel::Rtcp) continue;
    auto reader = rtp::CompoundReader::open(datagram.bytes());
    REQUIRE(reader);
    while (const auto packet = reader->next()) {
      const auto* other = std::get_if<rtp::OtherRtcp>(&*packet);
      if (other == nullptr || other->type != rtp::kExtendedReport) continue;
      const auto metrics = rtp::parse_voip_metrics(other->body);
      REQUIRE(metrics);
      all.push_back(*metrics);
    }
  }
  return all;
}

struct Reporting : Measured {
  void agree() {
    plan.send_voip_metrics = true;
    begin();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Reporting, "If a peer requested VoIP metrics, each report contains them, and the peer's statistics contain this view [RFC 3611 section 4.7]") {
  agree();
  run_lossy(100);
  eaten = [](std::size_t number) { return number % 50 < 5; };
  run_lossy(1500);
  const auto told = metrics_in(b.sent);
  REQUIRE(told.size() >= 4);
  CHECK(told.size() == static_cast<std::size_t>(std::count_if(b.sent.begin(), b.sent.end(), [](const auto& d) { return d.channel == media::Channel::Rtcp; })));
  const auto heard = a.stream->statistics().peers_view;
  REQUIRE(heard);
  CHECK(*heard == told.back());
  CHECK(heard->ssrc == rtp::parse_packet(a.sent.front().bytes())->ssrc);
  CHECK(heard->loss_rate == doctest::Approx(0.1 * 256).epsilon(0.2));
  CHECK(heard->burst_ms == doctest::Approx(100).epsilon(0.2));
  CHECK(heard->r_factor < 80);
  CHECK(heard->buffer == rtp::VoipMetrics::Buffer::Adaptive);
}

TEST_CASE_FIXTURE(Reporting, "If a peer did not request VoIP metrics, no report contains them. A stream ignores metrics about a foreign SSRC") {
  run(1000);
  CHECK(metrics_in(a.sent).empty());
  CHECK_FALSE(b.stream->statistics().peers_view);
  const auto from_a = rtp::parse_packet(a.sent.front().bytes())->ssrc;
  std::array<std::uint8_t, 200> datagram{};
  for (const std::uint32_t about : {std::uint32_t{5}, rtp::parse_packet(b.sent.front().bytes())->ssrc}) {
    rtp::CompoundWriter writer(datagram);
    writer.receiver_report({.ssrc = from_a, .blocks = {}});
    std::array<std::uint8_t, rtp::kVoipMetricsOctets> body{};
    REQUIRE(rtp::write_voip_metrics(from_a, {.ssrc = about, .r_factor = 77}, body));
    writer.other(rtp::kExtendedReport, body);
    b.stream->on_packet(media::Channel::Rtcp, next_port(kA), base::Bytes(datagram).first(*writer.finish()), now());
    CHECK(b.stream->statistics().peers_view.has_value() == (about != 5));
  }
  CHECK(b.stream->statistics().peers_view->r_factor == 77);
}

TEST_CASE("The longest RTCP report, with the longest CNAME, metrics and BYE, fits into a datagram") {
  Call call;
  call.plan.send_voip_metrics = true;
  call.a.stream = std::make_unique<media::Stream>(media::StreamOptions{10s, std::string(400, 'n')}, *call.a.port, call.a.random);
  call.begin();
  call.run(300);
  call.sendout.clear();
  call.a.stream->finish(call.now(), call.sendout);
  REQUIRE(call.sendout.all().size() == 1);
  CHECK(call.sendout.all()[0].size == 372);
}

TEST_CASE("The report rates a G.722 call on the wideband scale [ITU-T G.107.1 section 7]") {
  Call call(media::AudioCodec::G722, 16000);
  call.begin();
  call.run(200);
  const auto all = media::report_of(call.b.stream->statistics());
  CHECK(all.quality.scale == rtp::QualityScale::Wideband);
  CHECK(*all.quality.r > 110);
  CHECK(*all.quality.r <= 116);
  CHECK(media::voip_metrics_of(call.b.stream->statistics(), 5).r_factor == rtp::kNoFigure);
}

TEST_CASE_FIXTURE(Measured, "The VoIP metrics for the peer contain the loss, R, MOS and delay of the call [RFC 3611 section 4.7]") {
  run(300);
  const auto metrics = media::voip_metrics_of(b.stream->statistics(), 5);
  CHECK(metrics.ssrc == 5);
  CHECK(metrics.loss_rate == 0);
  CHECK(metrics.r_factor >= 90);
  CHECK(metrics.mos_listening == 44);
  CHECK(metrics.end_system_ms >= 20);
}

TEST_CASE("Before the first packet, a report has zeros, and a packet duration of 20 ms") {
  const auto all = media::report_of({});
  CHECK(all.packet_ms == 20);
  CHECK(all.loss.received == 0);
  CHECK(all.heard.frames == 0);
  CHECK(media::to_string(all.one_way).empty());
}

TEST_CASE_FIXTURE(Measured, "Key events cause no loss in the statistics: no packet counts as lost, late or duplicate, and no audio as concealed [RFC 4733 section 2.5.1]") {
  run(100);
  for (const char digit : {'1', '2', '3', '4', '5'}) REQUIRE(a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, digit}));
  run(200);
  CHECK(b.count(EventKind::Digit) == 5);
  const auto statistics = b.stream->statistics();
  CHECK(statistics.packets_lost == 0);
  CHECK(statistics.packets_late == 0);
  CHECK(statistics.packets_duplicate == 0);
  CHECK(statistics.frames_concealed == 0);
  CHECK(statistics.played.concealed_samples == 0);
  CHECK(report().loss.missing_percent() == 0);
}

TEST_CASE("With RTCP on the port of RTP, reports use that port in both directions and are counted, and nothing else changes [RFC 5761]") {
  Call call;
  call.a_says = sine(440, 8000, 30);
  const auto muxed = [&](const End& end) {
    auto plan = call.towards(end);
    plan.remote_rtcp = plan.remote_rtp;
    return plan;
  };
  Call::start(call.a, muxed(call.b), call.now());
  Call::start(call.b, muxed(call.a), call.now());
  call.run(1000);
  std::size_t reports = 0;
  for (const auto& datagram : call.a.sent) {
    CHECK(datagram.channel == media::Channel::Rtp);
    CHECK(datagram.to == kB);
    if (rtp::is_rtcp(datagram.bytes())) ++reports;
  }
  CHECK(reports >= 2);
  CHECK(call.b.stream->statistics().frames_played > 990);
  CHECK(call.a.stream->statistics().round_trip_us);
}
