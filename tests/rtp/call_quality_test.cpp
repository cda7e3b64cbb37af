#include <offhook/rtp/call_quality.hpp>

#include <doctest/doctest.h>

using namespace offhook;

namespace {

rtp::CallMeasures good_call() {
  rtp::CallMeasures measures;
  measures.loss.received = 1000;
  measures.buffer_ms = 40;
  measures.round_trip_ms = 60;
  measures.codec = rtp::kG711ConcealedImpairment;
  return measures;
}

}  // namespace

TEST_CASE("The one-way delay of a call is half the round trip, plus the jitter buffer, plus one packet") {
  const auto quality = rtp::assess(good_call());
  CHECK(quality.one_way_ms == 90);
  REQUIRE(quality.r);
  CHECK(*quality.r > 90);
  CHECK(*quality.mos_listening == doctest::Approx(4.41).epsilon(0.001));
  CHECK(*quality.mos_conversation < *quality.mos_listening);
  CHECK(quality.scale == rtp::QualityScale::Narrowband);
}

TEST_CASE("Loss, bursts, delay and echo each lower the R factor") {
  const double best = *rtp::assess(good_call()).r;
  auto measures = good_call();
  measures.loss.lost = 20;
  measures.loss.discarded = 10;
  const double lossy = *rtp::assess(measures).r;
  CHECK(lossy < best - 5);
  measures.loss.burst_ratio = 3;
  CHECK(*rtp::assess(measures).r < lossy);
  measures = good_call();
  measures.round_trip_ms = 600;
  CHECK(*rtp::assess(measures).r < best - 10);
  CHECK(*rtp::assess(measures).mos_listening == *rtp::assess(good_call()).mos_listening);
  measures = good_call();
  measures.echo_return_loss_db = 20;
  CHECK(*rtp::assess(measures).r < best - 10);
  measures.echo_return_loss_db = 200;  // This loss is so high that no echo is audible.
  CHECK(*rtp::assess(measures).r == best);
  measures.echo_return_loss_db = -200;
  CHECK(*rtp::assess(measures).r > -100);
}

TEST_CASE("For a codec without a published impairment, assess() returns a delay, but no R factor and no MOS") {
  auto measures = good_call();
  measures.codec.reset();
  const auto quality = rtp::assess(measures);
  CHECK(quality.one_way_ms == 90);
  CHECK_FALSE(quality.r);
  CHECK_FALSE(quality.mos_conversation);
  CHECK(rtp::to_voip_metrics(1, measures, {}).r_factor == rtp::kNoFigure);
}

TEST_CASE("to_voip_metrics converts each measure to the unit of the report, and limits it to its field [RFC 3611 section 4.7]") {
  auto measures = good_call();
  measures.loss.received = 900;
  measures.loss.lost = 75;
  measures.loss.discarded = 25;
  measures.loss.burst_density = 0.5;
  measures.loss.burst_packets = 10;
  measures.loss.gap_packets = 1e6;
  const auto metrics = rtp::to_voip_metrics(77, measures, {.signal_dbov = -26.18, .noise_dbov = -127});
  CHECK(metrics.ssrc == 77);
  CHECK(metrics.loss_rate == 19);
  CHECK(metrics.discard_rate == 6);
  CHECK(metrics.burst_density == 128);
  CHECK(metrics.burst_ms == 200);
  CHECK(metrics.gap_ms == 65535);  // The largest value that the field can hold.
  CHECK(metrics.round_trip_ms == 60);
  CHECK(metrics.end_system_ms == 60);
  CHECK(metrics.signal_dbm0 == -20);
  CHECK(metrics.noise_dbm0 == -121);
  CHECK(metrics.gmin == 16);
  CHECK(metrics.r_factor < 80);
  CHECK(metrics.mos_listening >= 10);
  CHECK(metrics.mos_listening <= 45);
  measures.loss.received = measures.loss.discarded = 0;
  CHECK(rtp::to_voip_metrics(77, measures, {}).loss_rate == 255);  // The loss rate is 256/256; the largest value of the field is 255.
}

TEST_CASE("to_voip_metrics reports no R factor if it is on the wideband scale [RFC 3611 section 4.7.5]") {
  auto measures = good_call();
  measures.codec = rtp::kG722Impairment;
  CHECK(*rtp::assess(measures).r > 100);
  const auto metrics = rtp::to_voip_metrics(77, measures, {});
  CHECK(metrics.r_factor == rtp::kNoFigure);
  CHECK(metrics.mos_conversation == rtp::kNoFigure);
}
