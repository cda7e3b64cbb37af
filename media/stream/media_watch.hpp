#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/stream/stream_context.hpp>

#include <optional>

namespace offhook::inline v0::media {

/// Reports as events when the peer's first packet comes, and when packets do not come for a limit of time, or come again.
class MediaWatch {
 public:
  /// `context` is borrowed, and outlives the watch.
  MediaWatch(StreamContext& context, base::Duration silence_limit) : context_(context), silence_limit_(silence_limit) {}

  /// The peer was asked to send. Before, it may be silent for any time.
  void begin(base::TimePoint now) { receiving_since_ = now; }
  /// Call it once per tick. `heard`: when the last packet of the accepted source came.
  void on_tick(const TickTime& time, std::optional<base::TimePoint> heard);

 private:
  StreamContext& context_;
  base::Duration silence_limit_;
  base::TimePoint receiving_since_{};
  bool started_ = false, lost_ = false;
};

}  // namespace offhook::inline v0::media
