#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>

#include <chrono>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// Decides when the next RTCP report is due, for a session of two parties. The minimum interval of 5 s always applies (RFC 3550 section 6.2),
/// multiplied by a random 0.5 to 1.5 and divided by e - 3/2. The first report comes after half of this interval (section 6.3.1).
class RtcpSchedule {
 public:
  static constexpr base::Duration kInterval = std::chrono::seconds(5);
  /// `seed` is for the random intervals, which are not secret, but differ between legs.
  RtcpSchedule(std::uint64_t seed, base::TimePoint now);

  [[nodiscard]] base::TimePoint next_deadline() const { return due_; }
  [[nodiscard]] bool is_due(base::TimePoint now) const { return now >= due_; }
  /// Call it when a report was sent: draws the time of the next report.
  void on_sent(base::TimePoint now);

 private:
  [[nodiscard]] base::Duration draw(base::Duration interval);
  base::SeededRandom random_;
  base::TimePoint due_;
};

}  // namespace offhook::inline v0::rtp
