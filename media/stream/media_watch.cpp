#include <offhook/media/stream/media_watch.hpp>

#include <algorithm>
#include <chrono>

namespace offhook::inline v0::media {

void MediaWatch::on_tick(const TickTime& time, std::optional<base::TimePoint> heard) {
  if (heard && !started_) {
    started_ = true;
    context_.events.push(event_of(MediaEvent::Kind::MediaStarted, time));
  }
  // A peer that was asked not to send, or that is on hold, may be silent for any time.
  const auto silence = time.now - std::max(heard.value_or(base::TimePoint::min()), receiving_since_);
  const bool lost = context_.plan->receive && silence >= silence_limit_;
  if (lost && !lost_) {
    auto event = event_of(MediaEvent::Kind::MediaLost, time);
    event.duration_ms = static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(silence).count());
    context_.events.push(event);
  }
  if (!lost && lost_ && heard && *heard >= receiving_since_) context_.events.push(event_of(MediaEvent::Kind::MediaBack, time));
  lost_ = lost;
}

}  // namespace offhook::inline v0::media
