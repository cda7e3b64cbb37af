#include "exposition.hpp"

#include <offhook/agent/ops/metrics.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook_test;
using namespace std::chrono_literals;

namespace {

media::QualityReport good() {
  media::QualityReport report;
  report.loss.received = 1000;
  report.jitter_ms = 4;
  report.quality.one_way_ms = 60;
  report.quality.mos_conversation = 4.35;
  return report;
}
media::QualityReport bad() {
  media::QualityReport report = good();
  report.loss.lost = 50;
  report.loss.discarded = 25;
  report.jitter_ms = 35.5;
  report.quality.mos_conversation = 2.25;
  report.heard.clipped_percent = 1;
  report.one_way_ever.nothing_comes = true;
  return report;
}
media::QualityReport wideband() {
  media::QualityReport report = good();
  report.quality.scale = rtp::QualityScale::Wideband;
  return report;
}
struct CallFigures : agent::Metrics {
  Exposition read(const std::vector<media::QualityReport>& live = {}) const {
    auto read = read_exposition(page(agent::CallMetrics::live(live)));
    for (const std::string& fault : read.faults) FAIL_CHECK(fault);
    return read;
  }
  void on_finished(const media::QualityReport& report) { calls().on_finished(report); }
};
using Labels = std::map<std::string, std::string>;

}  // namespace

TEST_CASE_FIXTURE(CallFigures, "Each finished call counts once in each distribution") {
  on_finished(good());
  on_finished(bad());
  on_finished(wideband());
  const auto now = read();
  CHECK(now.value("offhook_calls_finished_total") == 3);
  CHECK(now.value("offhook_packets_received_total") == 3000);
  CHECK(now.value("offhook_packets_lost_total") == 50);
  CHECK(now.value("offhook_packets_discarded_total") == 25);
  CHECK(now.value("offhook_calls_clipped_total") == 1);
  CHECK(now.value("offhook_calls_finished_one_way_total", {{"fault", "nothing_comes"}}) == 1);
  CHECK(now.value("offhook_calls_finished_one_way_total", {{"fault", "peer_hears_nothing"}}) == 0);
  CHECK(now.value("offhook_call_mos_bucket", {{"scale", "narrowband"}, {"le", "2"}}) == 0);
  CHECK(now.value("offhook_call_mos_bucket", {{"scale", "narrowband"}, {"le", "2.5"}}) == 1);
  CHECK(now.value("offhook_call_mos_bucket", {{"scale", "narrowband"}, {"le", "4.3"}}) == 1);
  CHECK(now.value("offhook_call_mos_bucket", {{"scale", "narrowband"}, {"le", "+Inf"}}) == 2);
  CHECK(now.value("offhook_call_mos_sum", {{"scale", "narrowband"}}).value_or(0) == doctest::Approx(6.6));
  CHECK(now.value("offhook_call_mos_count", {{"scale", "narrowband"}}) == 2);
  CHECK(now.value("offhook_call_mos_count", {{"scale", "wideband"}}) == 1);
  CHECK(now.value("offhook_call_jitter_seconds_bucket", {{"le", "0.02"}}) == 2);
  CHECK(now.value("offhook_call_jitter_seconds_bucket", {{"le", "0.05"}}) == 3);
  CHECK(now.value("offhook_call_loss_ratio_bucket", {{"le", "0.05"}}) == 2);
  CHECK(now.value("offhook_call_loss_ratio_bucket", {{"le", "0.1"}}) == 3);
  CHECK(now.value("offhook_call_one_way_seconds_count") == 3);
}

TEST_CASE_FIXTURE(CallFigures, "The metrics sum up concealed, stretched and delayed samples of finished calls, in the units of WebRTC's statistics") {
  auto report = good();
  report.played = {.concealed_samples = 320, .silent_concealed_samples = 30, .concealment_events = 2, .inserted_samples_for_deceleration = 80,
                   .removed_samples_for_acceleration = 40, .jitter_buffer_delay = 4000, .jitter_buffer_emitted_count = 160};
  on_finished(report);
  on_finished(report);
  const auto now = read();
  CHECK(now.value("offhook_concealed_samples_total") == 640);
  CHECK(now.value("offhook_silent_concealed_samples_total") == 60);
  CHECK(now.value("offhook_concealment_events_total") == 4);
  CHECK(now.value("offhook_inserted_samples_for_deceleration_total") == 160);
  CHECK(now.value("offhook_removed_samples_for_acceleration_total") == 80);
  CHECK(now.value("offhook_jitter_buffer_delay_seconds_total") == 1);
  CHECK(now.value("offhook_jitter_buffer_emitted_samples_total") == 320);
}

TEST_CASE_FIXTURE(CallFigures, "The distribution of the peers' MOS has only the calls whose peer reported one") {
  on_finished(good());
  auto report = good();
  report.peers_mos = 3.1;
  on_finished(report);
  const auto now = read();
  CHECK(now.value("offhook_peer_mos_count") == 1);
  CHECK(now.value("offhook_peer_mos_bucket", {{"le", "2.5"}}) == 0);
  CHECK(now.value("offhook_peer_mos_bucket", {{"le", "3.1"}}) == 1);
}

TEST_CASE_FIXTURE(CallFigures, "A value equal to a bound belongs to the bucket of that bound") {
  auto report = good();
  report.quality.mos_conversation = 4.0;
  on_finished(report);
  const auto now = read();
  CHECK(now.value("offhook_call_mos_bucket", {{"scale", "narrowband"}, {"le", "3.6"}}) == 0);
  CHECK(now.value("offhook_call_mos_bucket", {{"scale", "narrowband"}, {"le", "4"}}) == 1);
}

TEST_CASE_FIXTURE(CallFigures, "A call without received media counts as one-way and has no quality values. A call whose codec has no R value has no MOS") {
  media::QualityReport nothing;
  nothing.one_way_ever.nothing_comes = true;
  on_finished(nothing);
  auto unrated = good();
  unrated.quality.mos_conversation.reset();
  on_finished(unrated);
  const auto now = read();
  CHECK(now.value("offhook_calls_finished_total") == 2);
  CHECK(now.value("offhook_calls_finished_one_way_total", {{"fault", "nothing_comes"}}) == 1);
  CHECK(now.value("offhook_call_loss_ratio_count") == 1);
  CHECK(now.value("offhook_call_mos_count", {{"scale", "narrowband"}}) == 0);
}

TEST_CASE_FIXTURE(CallFigures, "The metrics show the number of current calls, the worst quality values, and the calls that are one-way now") {
  CHECK(read().value("offhook_calls") == 0);
  CHECK_FALSE(read().value("offhook_call_mos_worst", {{"scale", "narrowband"}}));
  CHECK_FALSE(read().types.contains("offhook_call_mos_worst"));
  auto deaf = bad();
  deaf.one_way.peer_hears_nothing = true;
  const std::vector<media::QualityReport> live{good(), deaf, wideband(), {}};
  const auto now = read(live);
  CHECK(now.value("offhook_calls") == 4);
  CHECK(now.value("offhook_call_mos_worst", {{"scale", "narrowband"}}) == 2.25);
  CHECK(now.value("offhook_call_mos_worst", {{"scale", "wideband"}}) == 4.35);
  CHECK(now.value("offhook_call_loss_ratio_worst").value_or(0) == doctest::Approx(0.06977).epsilon(0.001));
  CHECK(now.value("offhook_calls_one_way", {{"fault", "peer_hears_nothing"}}) == 1);
  CHECK(now.value("offhook_calls_one_way", {{"fault", "nothing_comes"}}) == 0);
}

TEST_CASE_FIXTURE(CallFigures, "The metrics count callers by the result of the identity check, and do not count a caller without a check") {
  calls().on_caller({});
  CHECK(read().value("offhook_callers_total", {{"identity", "absent"}}) == 0);
  calls().on_caller({"absent", {}, {}, {}});
  calls().on_caller({"passed", "A", {}, {}});
  calls().on_caller({"failed", {}, {}, "the PASSporT is too old"});
  const auto now = read();
  for (const char* word : {"absent", "passed", "failed"}) CHECK(now.value("offhook_callers_total", {{"identity", word}}) == 1);
}

TEST_CASE("The outcome of a call that was not answered follows from its cause") {
  using Cause = call::Ended::Cause;
  using agent::CallOutcome;
  const auto outcome = [](Cause cause) { return agent::outcome_of({call::Ended::By::Peer, cause}, false); };
  for (const Cause cause : {Cause::HungUp, Cause::Cancelled, Cause::Replaced, Cause::Terminated}) CHECK(outcome(cause) == CallOutcome::Cancelled);
  for (const Cause cause : {Cause::NoAnswer, Cause::Unavailable}) CHECK(outcome(cause) == CallOutcome::NoAnswer);
  for (const Cause cause : {Cause::Unacknowledged, Cause::Lost, Cause::Unreachable, Cause::UnknownName}) CHECK(outcome(cause) == CallOutcome::Unreachable);
  CHECK(outcome(Cause::Busy) == CallOutcome::Busy);
  CHECK(outcome(Cause::Declined) == CallOutcome::Declined);
  CHECK(outcome(Cause::Rejected) == CallOutcome::Refused);
  CHECK(agent::outcome_of({call::Ended::By::Us, Cause::HungUp}, true) == CallOutcome::Answered);
}

TEST_CASE_FIXTURE(CallFigures, "Calls are counted by direction and outcome, and each series exists from the first page on") {
  CHECK(read().value("offhook_calls_total", {{"direction", "in"}, {"outcome", "busy"}}) == 0);
  calls().on_ended(false, agent::CallOutcome::Answered, 1500ms, 61s);
  calls().on_ended(true, agent::CallOutcome::Busy, 4s, 0s);
  const auto now = read();
  CHECK(now.value("offhook_calls_total", {{"direction", "in"}, {"outcome", "answered"}}) == 1);
  CHECK(now.value("offhook_calls_total", {{"direction", "out"}, {"outcome", "busy"}}) == 1);
  CHECK(now.value("offhook_call_setup_seconds_bucket", {{"direction", "in"}, {"le", "1"}}) == 0);
  CHECK(now.value("offhook_call_setup_seconds_bucket", {{"direction", "in"}, {"le", "2"}}) == 1);
  CHECK(now.value("offhook_call_duration_seconds_sum", {{"direction", "in"}}) == 61);
  CHECK(now.value("offhook_call_setup_seconds_count", {{"direction", "out"}}) == 0);  // The outgoing call was never answered.
  CHECK(now.samples.at("offhook_calls_total").size() == 2 * agent::kCallOutcomes.size());
}
