#include <offhook/media/quality/one_way_watch.hpp>

#include <doctest/doctest.h>

using namespace offhook::media;

namespace {

constexpr OneWayWatch::Tick kTalk{.came = true, .audible = true}, kMute{.came = true}, kNothing{};

OneWayWatch after(std::uint32_t ticks, const OneWayWatch::Tick& tick, OneWayWatch watch = {}) {
  for (std::uint32_t i = 0; i < ticks; ++i) watch.on_tick(tick);
  return watch;
}

}  // namespace

TEST_CASE("If no packet comes for kNothingTicks, OneWayWatch reports that nothing comes, until the first packet comes") {
  CHECK_FALSE(after(OneWayWatch::kNothingTicks - 1, kNothing).now().any());
  auto watch = after(OneWayWatch::kNothingTicks, kNothing);
  CHECK(watch.now() == OneWay{.nothing_comes = true});
  watch.on_tick(kTalk);
  CHECK_FALSE(watch.now().any());
  CHECK(watch.ever().nothing_comes);
}

TEST_CASE("OneWayWatch reports nothing if the peer is on hold, or if this side sends no packets either") {
  CHECK_FALSE(after(10'000, {.receiving = false}).now().any());
  CHECK_FALSE(after(10'000, {.sending = false}).now().any());
}

TEST_CASE("If all packets are silent for kSilentTicks, OneWayWatch reports it. After the first audible packet it does not report it again") {
  CHECK_FALSE(after(OneWayWatch::kSilentTicks - 1, kMute).now().any());
  const auto watch = after(OneWayWatch::kSilentTicks, kMute);
  CHECK(watch.now() == OneWay{.only_silence_comes = true});
  const auto cured = after(1, kTalk, watch);
  CHECK_FALSE(after(10'000, kMute, cured).now().any());
  CHECK(cured.ever().only_silence_comes);
}

TEST_CASE("For OneWayWatch, a peer that describes its silence and then sends few packets is silent too") {
  auto watch = after(1, kMute);
  for (std::uint32_t i = 1; i < OneWayWatch::kSilentTicks; ++i) watch.on_tick({.came = i % 50 == 0});
  CHECK(watch.now() == OneWay{.only_silence_comes = true});
}

TEST_CASE("After two receiver reports in a row that count no received packets, OneWayWatch reports that the peer hears nothing [RFC 3550 section 6.4]") {
  auto watch = after(OneWayWatch::kSentTicks, kTalk);
  watch.on_report(false, 0);
  CHECK_FALSE(watch.now().any());
  watch = after(OneWayWatch::kSentTicks, kTalk, watch);
  watch.on_report(true, 255);
  CHECK(watch.now() == OneWay{.peer_hears_nothing = true});
  CHECK_FALSE(watch.ever().any());  // Only on_tick() adds to ever().
  watch.on_tick(kTalk);
  CHECK(watch.ever().peer_hears_nothing);
  watch.on_report(true, 254);
  CHECK_FALSE(watch.now().any());
}

TEST_CASE("OneWayWatch ignores receiver reports about a time with hardly any sent audio, however many reports come") {
  auto watch = after(OneWayWatch::kSentTicks - 1, kTalk);
  for (int i = 0; i < 5; ++i) watch.on_report(false, 0);
  watch = after(10'000, {.sending = false, .came = true, .audible = true}, watch);  // The peer is on hold.
  for (int i = 0; i < 5; ++i) watch.on_report(false, 0);
  CHECK_FALSE(watch.now().any());
  for (std::uint32_t i = 0; i < OneWayWatch::kDeafReports; ++i) {
    watch = after(OneWayWatch::kSentTicks, kTalk, watch);
    watch.on_report(false, 0);
  }
  CHECK(watch.now().peer_hears_nothing);
}
