#include <offhook/rtp/jitter/stretch_decision.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::int64_t kUnitsPerMs = DelayEstimator::kUnitsPerMs;
constexpr std::int64_t kHysteresis = 2 * kUnitsPerMs;    // units above the target that the buffer tolerates before it shortens audio
constexpr std::int64_t kUrgent = 60 * kUnitsPerMs;       // from this many units above the target, the buffer shortens each tick, with a rough join if necessary
constexpr std::int64_t kWishSpacing = 60 * kUnitsPerMs;  // units between two stretches that are not urgent, even if the first one changed nothing
constexpr std::int64_t kLeastGrowth = 10 * kUnitsPerMs;  // least extension that is requested, because a pitch period may be this long

}  // namespace

/// - Audio is extended until the next pull() can be omitted, which gives packets one more tick.
/// - Audio is shortened by the length that waits, because waiting audio adds delay and gives no packet more time. It is also shortened by whole ticks
///   above the target, the first of which causes one more pull() at once.
/// - Measurements that are a second old do not justify a shortening: if all of the newest packets are slower, the route has become longer.
void StretchDecision::decide(std::int64_t now, std::int64_t waiting, std::int64_t position, std::int64_t end, Pull& pull) noexcept {
  const std::int64_t more = delay_.spare(now, position);
  if (now - wished_at_ < kWishSpacing && more < kUrgent) return;
  if (more >= 0 && more < kUnitsPerTick + kHysteresis && waiting == 0) return;  // Nearly always, the delay is right.
  const std::int64_t sure = more - (delay_.fastest_lately() - delay_.fastest());
  const bool hurry = sure >= kUrgent;
  pull.urgent = delay_.for_machine() != hurry;  // One rough join does a machine no harm, but many in a row would remove consonants.
  if (now - wished_at_ < kWishSpacing && (!hurry || now == wished_at_)) return;  // At most one join per tick keeps speech intelligible.
  if (more < 0) {
    pull.stretch = std::max(kUnitsPerTick - waiting, kLeastGrowth);
  } else if (sure >= kHysteresis) {
    const bool has_more = end - position >= 2 * kUnitsPerTick;
    pull.stretch = -waiting - (has_more ? (sure - kHysteresis) / kUnitsPerTick * kUnitsPerTick : 0);
  }
  if (pull.stretch != 0) wished_at_ = now;
}

}  // namespace offhook::inline v0::rtp
