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

TEST_CASE("OneWayWatch reports that no packet comes from kNothingTicks on, until the first packet comes") {
  CHECK_FALSE(after(OneWayWatch::kNothingTicks - 1, kNothing).now().any());
  auto watch = after(OneWayWatch::kNothingTicks, kNothing);
  CHECK(watch.now() == OneWay{.nothing_comes = true});
  watch.on_tick(kTalk);
  CHECK_FALSE(watch.now().any());
  CHECK(watch.ever().nothing_comes);
}

TEST_CASE("OneWayWatch reports nothing for a peer on hold, or when no packets are sent to the peer either") {
  CHECK_FALSE(after(10'000, {.receiving = false}).now().any());
  CHECK_FALSE(after(10'000, {.sending = false}).now().any());
}

TEST_CASE("OneWayWatch reports packets of silence alone from kSilentTicks on, and never again after a sound") {
  CHECK_FALSE(after(OneWayWatch::kSilentTicks - 1, kMute).now().any());
  const auto watch = after(OneWayWatch::kSilentTicks, kMute);
  CHECK(watch.now() == OneWay{.only_silence_comes = true});
  const auto cured = after(1, kTalk, watch);
  CHECK_FALSE(after(10'000, kMute, cured).now().any());
  CHECK(cured.ever().only_silence_comes);
}

TEST_CASE("A peer that describes its silence and then sends nothing counts as silent too") {
  auto watch = after(1, kMute);
  for (std::uint32_t i = 1; i < OneWayWatch::kSilentTicks; ++i) watch.on_tick({.came = i % 50 == 0});
  CHECK(watch.now() == OneWay{.only_silence_comes = true});
}

TEST_CASE("OneWayWatch reports that the peer hears nothing after two receiver reports in a row without received packets [RFC 3550 section 6.4]") {
  auto watch = after(OneWayWatch::kSentTicks, kTalk);
  watch.on_report(false, 0);
  CHECK_FALSE(watch.now().any());
  watch = after(OneWayWatch::kSentTicks, kTalk, watch);
  watch.on_report(true, 255);
  CHECK(watch.now() == OneWay{.peer_hears_nothing = true});
  CHECK_FALSE(watch.ever().any());  // on_tick() records it.
  watch.on_tick(kTalk);
  CHECK(watch.ever().peer_hears_nothing);
  watch.on_report(true, 254);
  CHECK_FALSE(watch.now().any());
}

TEST_CASE("Reports about a time with hardly any sent audio do not count, however many come") {
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
