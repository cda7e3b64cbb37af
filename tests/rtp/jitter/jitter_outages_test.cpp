// Compares this jitter buffer with the one of speexdsp and with a model of NetEq's policy, on traces of mobile networks. With
// `-s` the program prints the table of docs/benchmarks.md.
#include <offhook/bench/jitter_players.hpp>

#include <offhook/tests/testkit/sample.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <iterator>
#include <string>

using namespace offhook;
using namespace offhook::bench;

namespace {

/// The results for a trace of twenty minutes: means over the tick phases. `out_of_order` is a sum. By default it takes the first and the third of the four
/// phases, and in `./dev test --full` all of them.
struct Figures {
  double concealed = 0, stretched = 0, unplayed = 0, delay_ms = 0, late_delay_ms = 0;
  std::size_t out_of_order = 0;

  template <class Play>
  explicit Figures(Play play_at) {
    const std::size_t step = offhook_test::sample_step(2);
    const double share = static_cast<double>(step) / std::size(kPhases);
    for (std::size_t i = 0; i < std::size(kPhases); i += step) {
      const Playing playing = play_at(kPhases[i]);
      concealed += playing.concealed_percent * share;
      stretched += playing.stretched_percent * share;
      unplayed += static_cast<double>(playing.unplayed) * share;
      delay_ms += playing.mean_delay_ms * share;
      late_delay_ms += playing.late_delay_ms * share;
      out_of_order += playing.out_of_order;
    }
  }
  /// Returns the mean delay plus the concealed percentage, converted to ms by the call profile.
  [[nodiscard]] double price_ms() const { return delay_ms + concealed * rtp::kCallProfile.ms_per_percent; }
  [[nodiscard]] std::string text() const {
    char line[120];
    static_cast<void>(std::snprintf(line, sizeof(line), "%.2f, %.1f, %.0f, %.0f, %.0f", concealed, stretched, unplayed, delay_ms, late_delay_ms));
    return line;
  }
};

Figures ours(const JitterTrace& trace, rtp::DelayProfile profile) {
  return Figures([&](double phase) { return play(trace, profile, phase); });
}

}  // namespace

TEST_CASE("On mobile traces of twenty minutes with outages of up to 1.2 s, the buffer plays nearly every packet, in order") {
  for (const JitterTrace& trace : outage_traces()) {
    CAPTURE(trace.name);
    const Figures call = ours(trace, rtp::kCallProfile), machine = ours(trace, rtp::kRecogniserProfile);
    const Figures neteq([&](double phase) { return play_by_neteq_policy(trace, phase); });
    MESSAGE(trace.name << ": concealed %, stretched %, unplayed, mean and 99th percentile of the delay in ms: call " << call.text() << "; recogniser " << machine.text()
                       << "; NetEq's policy " << neteq.text());
#ifdef OFFHOOK_HAS_SPEEXDSP
    const Figures speexdsp([&](double phase) { return play_by_speexdsp(trace, phase); });
    MESSAGE(trace.name << ": speexdsp " << speexdsp.text());
    CHECK(call.unplayed <= speexdsp.unplayed);
#endif
    CHECK(call.out_of_order + machine.out_of_order == 0);
    CHECK(call.unplayed <= neteq.unplayed + 1);
    CHECK(call.price_ms() <= neteq.price_ms() + 15);
    if (trace.name != "O4") CHECK(call.unplayed + machine.unplayed == 0);
    CHECK(machine.unplayed * 10'000 <= static_cast<double>(trace.packets.size()));  // This profile does not wait for the first overtaken packet.
  }
}
