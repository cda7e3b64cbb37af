#include <offhook/media/stream/media_watch.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace offhook::inline v0::media {

void MediaWatch::report(const TickTime& time, std::optional<base::TimePoint> heard, bool lost, base::Duration silence) {
  if (heard && !std::exchange(started_, true)) context_.events.push(event_of(MediaEvent::Kind::MediaStarted, time));
  const bool before = std::exchange(lost_, lost);
  if (lost && !before) {
    auto event = event_of(MediaEvent::Kind::MediaLost, time);
    event.duration_ms = static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(silence).count());
    context_.events.push(event);
  }
  if (!lost && before && heard && *heard >= receiving_since_) context_.events.push(event_of(MediaEvent::Kind::MediaBack, time));
}

}  // namespace offhook::inline v0::media
