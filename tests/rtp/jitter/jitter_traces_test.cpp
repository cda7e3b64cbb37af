#include <offhook/bench/jitter_players.hpp>

#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::bench;

namespace {

/// The results for a trace of twenty minutes, one for each phase of the ticks.
struct Played {
  JitterTrace trace;
  std::vector<Playing> each;
  double concealed = 0, mean_delay = 0, longest_start = 0, stretched = 0;

  explicit Played(const std::string& name, rtp::DelayProfile profile = rtp::kCallProfile) : trace(jitter_trace(name)) {
    for (const double phase : kPhases) {
      each.push_back(play(trace, profile, phase));
      concealed += each.back().concealed_percent / std::size(kPhases);
      mean_delay += each.back().mean_delay_ms / std::size(kPhases);
      stretched += each.back().stretched_percent / std::size(kPhases);
      longest_start = std::max(longest_start, each.back().longest_start_ms);
    }
  }
  [[nodiscard]] double excess() const { return concealed - trace.loss_percent; }
  [[nodiscard]] double best_fixed() const { return best_fixed_delay_ms(relative_delays_ms(trace), concealed); }
};

struct Gate {
  double excess_percent, delay_ms;
};
const std::map<std::string, Gate> kGates = {{"T1", {0.05, 35}},  {"T2", {0.3, 100}}, {"T3", {0.8, 105}}, {"T4", {0.05, 35}},
                                            {"T5+", {0.05, 35}}, {"T5-", {0.05, 35}}, {"T6", {0.1, 65}},  {"T7", {0.2, 125}},
                                            {"T8", {0.3, 100}},  {"T9", {0.05, 35}}};

/// Makes the trace of a sender with packets in order. Each delay is `delay_ms` plus up to 2 ms.
template <class DelayOf>
JitterTrace made_trace(double clock_ratio, std::uint32_t packets, DelayOf delay_ms) {
  JitterTrace trace{.name = "", .what = "", .packets = {}, .clock_ratio = clock_ratio};
  double latest = 0;
  for (std::uint32_t i = 0; i < packets; ++i) {
    const double sent = trace.sent_ms(i * kPacketUnits);
    latest = std::max(latest, sent + delay_ms(sent) + i * 7919 % 97 / 97.0 * 2);
    trace.packets.push_back({.timestamp = i * kPacketUnits, .sent_ms = sent, .arrives_ms = latest});
  }
  return trace;
}

}  // namespace

TEST_CASE("On traces of twenty minutes the buffer conceals little more than the loss, and its delay is at most 15 ms above the best fixed delay") {
  for (const auto& [name, gate] : kGates) {
    CAPTURE(name);
    const Played played(name);
    MESSAGE(name << ": excess " << played.excess() << " % delay " << played.mean_delay << " ms, best fixed " << played.best_fixed()
                 << " ms, stretched " << played.stretched << " %, start " << played.longest_start << " ms");
    CHECK(played.excess() <= gate.excess_percent);
    CHECK(played.mean_delay <= gate.delay_ms);
    CHECK(played.mean_delay <= played.best_fixed() + 15);
    CHECK(played.longest_start <= 80);
    for (const auto& playing : played.each) {
      CHECK(playing.out_of_order == 0);
      CHECK(playing.clipped == 0);
      CHECK(playing.concealed_in_silence == 0);
    }
  }
}

TEST_CASE("The recogniser profile has a shorter delay than the call profile, and conceals at most 1 %") {
  const Played call("T2"), recogniser("T2", rtp::kRecogniserProfile);
  MESSAGE("recogniser: concealed " << recogniser.concealed << " % delay " << recogniser.mean_delay << " ms, best fixed "
                                   << recogniser.best_fixed());
  CHECK(recogniser.concealed <= 1);
  CHECK(recogniser.mean_delay <= 72);
  CHECK(recogniser.mean_delay <= recogniser.best_fixed() + 5);
  CHECK(call.mean_delay >= recogniser.mean_delay + 20);
  const Played overtaken("T6", rtp::kRecogniserProfile);
  CHECK(overtaken.mean_delay <= 26);
  for (const auto& playing : overtaken.each) CHECK(playing.unplayed * 10'000 <= overtaken.trace.packets.size());
  const Played spurts("T9", rtp::kRecogniserProfile);
  CHECK(spurts.longest_start <= 60);
  for (const auto& playing : spurts.each) CHECK(playing.clipped == 0);
}

TEST_CASE("When the network delay falls by 80 ms, the buffer reduces its delay within ten seconds") {
  constexpr double kHalf = 30'000, kMinute = 60'000;
  const JitterTrace trace = made_trace(1, 60'000, [](double at) { return std::fmod(at, kMinute) < kHalf ? 0 : 80; });
  for (const double phase : kPhases) {
    const Playing playing = play(trace, rtp::kCallProfile, phase);
    const auto heard_at = [&](double ms) {
      const auto before = [](const Playing::Heard& heard, double when) { return heard.at_ms < when; };
      return std::lower_bound(playing.heard.begin(), playing.heard.end(), ms, before);
    };
    double slowest = 0;
    for (double step = kMinute; step < 20 * kMinute; step += kMinute) {
      const double ideal = heard_at(step - kHalf - 100)->delay_ms;  // The delay before the network delay rose.
      auto each = heard_at(step);
      while (each->at_ms < step + kHalf && each->delay_ms > ideal + 15) ++each;
      slowest = std::max(slowest, each->at_ms - step);
    }
    MESSAGE("slowest return " << slowest << " ms");
    CHECK(slowest <= 10'000);
  }
}

TEST_CASE("Over an hour with clocks 100 ppm apart, the buffer stretches by about one pitch period in 80 s, and conceals nothing") {
  for (const double ppm : {100.0, -100.0}) {
    CAPTURE(ppm);
    const JitterTrace trace = made_trace(1 - ppm * 1e-6, 180'000, [](double) { return 0; });
    const Playing playing = play(trace, rtp::kCallProfile, 7);
    CHECK(playing.concealed_percent == 0);
    CHECK(playing.mean_delay_ms <= 35);
    CHECK(std::all_of(playing.heard.begin() + 500, playing.heard.end(), [](const auto& heard) { return heard.delay_ms <= 60; }));
    // The clocks drift by 360 ms in an hour, and the buffer also removes the excess of its start delay.
    const auto& counts = playing.counts;
    const auto wanted = ppm > 0 ? counts.removed_samples_for_acceleration : counts.inserted_samples_for_deceleration;
    const auto other = ppm > 0 ? counts.inserted_samples_for_deceleration : counts.removed_samples_for_acceleration;
    CHECK(wanted / 8 >= 300);
    CHECK(wanted / 8 <= 500);
    CHECK(other / 8 <= 150);
  }
}

TEST_CASE("On each trace with jitter, this buffer conceals at most as much as the one of speexdsp, and keeps the order of the packets") {
#ifdef OFFHOOK_HAS_SPEEXDSP
  for (const std::string name : {"T1", "T2", "T3", "T4", "T5+", "T5-", "T6", "T7", "T8"}) {
    CAPTURE(name);
    const JitterTrace trace = jitter_trace(name);
    const Playing ours = play(trace, rtp::kCallProfile, 7), theirs = play_by_speexdsp(trace, 7);
    MESSAGE(name << ": ours " << ours.concealed_percent << " % at " << ours.mean_delay_ms << " ms, speexdsp " << theirs.concealed_percent
                 << " % at " << theirs.mean_delay_ms << " ms");
    CHECK(ours.concealed_percent <= theirs.concealed_percent);
    CHECK(ours.out_of_order == 0);
    // Both buffers play nearly all received packets.
    CHECK(static_cast<double>(ours.frames) >= 0.99 * static_cast<double>(theirs.frames));
  }
#else
  offhook_test::skip("this build has no speexdsp");
#endif
}
