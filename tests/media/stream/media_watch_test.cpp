#include <offhook/media/stream/media_watch.hpp>

#include <offhook/tests/media/event_kind.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

using namespace offhook;
using namespace offhook_test;
using namespace std::chrono_literals;

namespace {

struct Watched {
  std::unique_ptr<media::AudioPort> port = std::make_unique<media::AudioPort>();
  media::StreamContext context{*port, 1};
  media::MediaWatch watch{context, 10s};
  base::TimePoint origin{std::chrono::hours(1)};

  Watched() {
    context.plan.emplace();
    watch.begin(origin);
  }
  std::vector<EventKind> tick(base::Duration after, std::optional<base::Duration> heard) {
    const auto at = heard ? std::optional(origin + *heard) : std::nullopt;
    watch.on_tick({.tick = 1, .now = origin + after, .wall = {}}, at);
    std::vector<EventKind> kinds;
    media::MediaEvent event;
    while (port->events.try_pop(event)) kinds.push_back(event.kind);
    return kinds;
  }
};

}  // namespace

TEST_CASE("MediaWatch reports the first packet, reports lost media when no packet comes for the limit, and reports when packets come again") {
  Watched watched;
  CHECK(watched.tick(20ms, std::nullopt).empty());
  CHECK(watched.tick(40ms, 30ms) == std::vector{EventKind::MediaStarted});
  CHECK(watched.tick(10s, 30ms).empty());
  CHECK(watched.tick(10s + 30ms, 30ms) == std::vector{EventKind::MediaLost});
  CHECK(watched.tick(11s, 30ms).empty());
  CHECK(watched.tick(12s, 11s) == std::vector{EventKind::MediaBack});
}

TEST_CASE("MediaWatch reports no lost media while the peer was asked not to send, and starts to count when the peer may send again") {
  Watched watched;
  watched.context.plan->receive = false;
  CHECK(watched.tick(30s, std::nullopt).empty());
  watched.context.plan->receive = true;
  watched.watch.begin(watched.origin + 30s);
  CHECK(watched.tick(39s, std::nullopt).empty());
  CHECK(watched.tick(40s, std::nullopt) == std::vector{EventKind::MediaLost});
}
