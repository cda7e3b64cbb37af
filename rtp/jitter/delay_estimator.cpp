#include <offhook/rtp/jitter/delay_estimator.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

constexpr float kLargestWeight = 1e6F;   // at this weight all weights are scaled down, about every 20,000 packets
constexpr float kNegligible = 1e-4F;     // share of all weights that is too small to change the target

}  // namespace

void DelayEstimator::reset() noexcept {
  histogram_.fill(0);
  weight_ = 1;
  total_ = 0;
  highest_ = 0;
  target_ = profile_.start_ms * kUnitsPerMs;
  started_ = false;
}

void DelayEstimator::set_profile(DelayProfile profile) noexcept {
  profile_ = profile;
  if (total_ > 0) return choose_target();
  target_ = profile_.start_ms * kUnitsPerMs;
}

void DelayEstimator::restart_neighbourhood(std::int64_t transit) noexcept {
  for (Slot& slot : slots_) {
    slot.minimum = kNever;
    slot.count = 0;
  }
  slot_left_ = kSlotUnits;
  origin_ = fastest_ = transit;
  latest_.fill(transit);
  started_ = true;
}

void DelayEstimator::on_packet(std::int64_t arrival, std::int64_t transit) noexcept {
  const std::int64_t since = started_ ? arrival - last_arrival_ : 0;
  if (!started_ || (since > kPause && transit - fastest_ > target_)) restart_neighbourhood(transit);
  last_arrival_ = arrival;
  slot_left_ -= std::min(since, kPause);
  if (slot_left_ <= 0) end_slot();
  latest_[latest_at_] = transit;
  latest_at_ = (latest_at_ + 1) % kLatest;
  Slot& slot = slots_[slot_];
  slot.minimum = std::min(slot.minimum, transit);
  fastest_ = std::min(fastest_, transit);
  if (slot.count < kMaxOfSlot) slot.transits[slot.count++] = static_cast<std::int32_t>(transit - origin_);
}

std::int64_t DelayEstimator::fastest_lately() const noexcept { return *std::min_element(latest_.begin(), latest_.end()); }

std::int64_t DelayEstimator::smallest_of(std::size_t first_ago, std::size_t last_ago) const noexcept {
  std::int64_t smallest = kNever;
  for (std::size_t ago = first_ago; ago <= last_ago; ++ago) {
    smallest = std::min(smallest, slots_[(slot_ + kSlots - ago) % kSlots].minimum);
  }
  return smallest;
}

/// Ends the slot that fills now, and judges the packets of the slot kNeighbours before it, which then has all its neighbours.
void DelayEstimator::end_slot() noexcept {
  slot_left_ = kSlotUnits;
  const Slot& judged = slots_[(slot_ + kSlots - kNeighbours) % kSlots];
  const std::int64_t before = smallest_of(kNeighbours + 1, 2 * kNeighbours), after = smallest_of(0, kNeighbours - 1);
  if (judged.count != 0) judge(judged, before == kNever ? after : std::max(before, after));
  slot_ = (slot_ + 1) % kSlots;
  slots_[slot_].minimum = kNever;
  slots_[slot_].count = 0;
  fastest_ = smallest_of(1, kNeighbours);
}

void DelayEstimator::judge(const Slot& slot, std::int64_t baseline) noexcept {
  for (std::size_t i = 0; i < slot.count; ++i) add(slot.transits[i] + origin_ - baseline);
  choose_target();
}

void DelayEstimator::add(std::int64_t delay) noexcept {
  const auto bucket = static_cast<std::size_t>(std::clamp<std::int64_t>(delay / kBucketUnits, 0, kBuckets - 1));
  highest_ = std::max(highest_, bucket);
  histogram_[bucket] += weight_;
  total_ += weight_;
  weight_ *= static_cast<float>(1 / kForget);
  if (weight_ > kLargestWeight) scale_down();
}

void DelayEstimator::scale_down() noexcept {
  for (float& share : histogram_) share /= weight_;
  total_ /= weight_;
  weight_ = 1;
}

void DelayEstimator::choose_target() noexcept {
  while (highest_ > 0 && histogram_[highest_] < total_ * kNegligible) --highest_;
  const float ms_per_share = static_cast<float>(profile_.ms_per_percent) * 100 / total_;
  constexpr float kMsPerBucket = static_cast<float>(kBucketUnits) / static_cast<float>(kUnitsPerMs);
  float late = 0, least = std::numeric_limits<float>::max();
  std::size_t best = 0;
  for (std::size_t bucket = highest_ + 1; bucket-- > 0;) {
    const float cost = static_cast<float>(bucket + 1) * kMsPerBucket + late * ms_per_share;
    if (cost < least) {
      least = cost;
      best = bucket;
    }
    late += histogram_[bucket];
    if (late * ms_per_share >= least) break;  // In all further buckets, the late packets alone already cost more.
  }
  target_ = static_cast<std::int64_t>(best + 1) * kBucketUnits;
}

}  // namespace offhook::inline v0::rtp
