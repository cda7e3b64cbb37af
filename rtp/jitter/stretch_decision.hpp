#pragma once

#include <offhook/rtp/jitter/jitter_types.hpp>
#include <offhook/rtp/jitter/target_delay.hpp>

#include <cstdint>

namespace offhook::inline v0::rtp {

/// Decides by how much a frame should be extended or shortened, so that the delay approaches its target.
class StretchDecision {
 public:
  /// `delay` is borrowed, and must outlive this object.
  explicit StretchDecision(const TargetDelay& delay) noexcept : delay_(delay) {}

  /// Sets the stretch of the frame at `position`, before which `waiting` decoded units wait. `end` is the latest end of the held packets.
  void decide(std::int64_t now, std::int64_t waiting, std::int64_t position, std::int64_t end, Pull& pull) noexcept;

 private:
  const TargetDelay& delay_;
  std::int64_t wished_at_ = 0;         // time in units of the last frame with a stretch
};

}  // namespace offhook::inline v0::rtp
