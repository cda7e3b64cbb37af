#include <offhook/media/one_way_watch.hpp>

#include <doctest/doctest.h>

using namespace offhook::media;

namespace {

constexpr OneWayWatch::Tick kTalk{.came = true, .audible = true}, kMute{.came = true}, kNothing{};

OneWayWatch after(std::uint32_t ticks, const OneWayWatch::Tick& tick, OneWayWatch watch = {}) {
  for (std::uint32_t i = 0; i < ticks; ++i) watch.on_tick(tick);
  return watch;
}

}  // namespace

TEST_CASE("Nothing comes while we send: told from the bound on, and over with the first packet") {
  CHECK_FALSE(after(OneWayWatch::kNothingTicks - 1, kNothing).now().any());
  auto watch = after(OneWayWatch::kNothingTicks, kNothing);
  CHECK(watch.now() == OneWay{.nothing_comes = true});
  watch.on_tick(kTalk);
  CHECK_FALSE(watch.now().any());
  CHECK(watch.ever().nothing_comes);
}

TEST_CASE("A peer on hold, or one to whom we send nothing either, may be silent") {
  CHECK_FALSE(after(10'000, {.receiving = false}).now().any());
  CHECK_FALSE(after(10'000, {.sending = false}).now().any());
}

TEST_CASE("Packets of silence alone: told from the bound on, never again once a sound came") {
  CHECK_FALSE(after(OneWayWatch::kSilentTicks - 1, kMute).now().any());
  const auto watch = after(OneWayWatch::kSilentTicks, kMute);
  CHECK(watch.now() == OneWay{.only_silence_comes = true});
  const auto cured = after(1, kTalk, watch);
  CHECK_FALSE(after(10'000, kMute, cured).now().any());
  CHECK(cured.ever().only_silence_comes);
}

TEST_CASE("A peer who describes his silence and then sends none of it counts as silent too") {
  auto watch = after(1, kMute);
  for (std::uint32_t i = 1; i < OneWayWatch::kSilentTicks; ++i) watch.on_tick({.came = i % 50 == 0});
  CHECK(watch.now() == OneWay{.only_silence_comes = true});
}

TEST_CASE("Two reports in a row that know nothing of us: the peer hears nothing [RFC 3550 section 6.4]") {
  auto watch = after(OneWayWatch::kSentTicks, kTalk);
  watch.on_report(false, 0);
  CHECK_FALSE(watch.now().any());
  watch = after(OneWayWatch::kSentTicks, kTalk, watch);
  watch.on_report(true, 255);
  CHECK(watch.now() == OneWay{.peer_hears_nothing = true});
  CHECK_FALSE(watch.ever().any());  // Seen at the next tick.
  watch.on_tick(kTalk);
  CHECK(watch.ever().peer_hears_nothing);
  watch.on_report(true, 254);
  CHECK_FALSE(watch.now().any());
}

TEST_CASE("A report of a time in which we hardly spoke says nothing, however many there are") {
  auto watch = after(OneWayWatch::kSentTicks - 1, kTalk);
  for (int i = 0; i < 5; ++i) watch.on_report(false, 0);
  watch = after(10'000, {.sending = false, .came = true, .audible = true}, watch);  // On hold.
  for (int i = 0; i < 5; ++i) watch.on_report(false, 0);
  CHECK_FALSE(watch.now().any());
  for (std::uint32_t i = 0; i < OneWayWatch::kDeafReports; ++i) {
    watch = after(OneWayWatch::kSentTicks, kTalk, watch);
    watch.on_report(false, 0);
  }
  CHECK(watch.now().peer_hears_nothing);
}
