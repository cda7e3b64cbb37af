#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/stream/stream_context.hpp>

#include <algorithm>
#include <optional>

namespace offhook::inline v0::media {

/// Reports three kinds of events: the peer's first packet comes, no packet comes for a limit of time, and packets come again.
class MediaWatch {
 public:
  /// `context` is borrowed, and must outlive the watch.
  MediaWatch(StreamContext& context, base::Duration silence_limit) : context_(context), silence_limit_(silence_limit) {}

  /// Call it when the peer was asked to send. Before that, the peer may be silent for any time.
  void begin(base::TimePoint now) { receiving_since_ = now; }
  /// Call it once per tick. `heard` is the time at which the last packet of the accepted source came.
  void on_tick(const TickTime& time, std::optional<base::TimePoint> heard) {
    // A peer that was asked not to send, or that is on hold, may be silent for any time.
    const auto silence = time.now - std::max(heard.value_or(base::TimePoint::min()), receiving_since_);
    const bool lost = context_.plan->receive && silence >= silence_limit_;
    if (lost != lost_ || (heard && !started_)) report(time, heard, lost, silence);
  }

 private:
  void report(const TickTime& time, std::optional<base::TimePoint> heard, bool lost, base::Duration silence);

  StreamContext& context_;
  base::Duration silence_limit_;
  base::TimePoint receiving_since_{};
  bool started_ = false, lost_ = false;
};

}  // namespace offhook::inline v0::media
