#include <offhook/rtp/delay_estimator.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {

void DelayEstimator::reset() {
  minima_.fill(kNever);
  histogram_.fill(0.0);
  samples_ = 0;
  target_ = kStartTarget;
  started_ = false;
}

void DelayEstimator::on_packet(std::int64_t arrival, std::int64_t transit) {
  if (!started_ || arrival - last_arrival_ > kPause) {
    minima_.fill(kNever);
    fastest_ = kNever;
    sample_begin_ = arrival;
    sample_worst_ = 0;
    slot_ = arrival / kSlotUnits;
    slot_end_ = (slot_ + 1) * kSlotUnits;
    started_ = true;
  }
  last_arrival_ = arrival;
  if (arrival >= slot_end_) begin_slot(arrival);
  std::int64_t& minimum = minima_[static_cast<std::size_t>(slot_) % kSlots];
  minimum = std::min(minimum, transit);
  fastest_ = std::min(fastest_, transit);
  sample_worst_ = std::max(sample_worst_, transit - fastest_);
  if (arrival - sample_begin_ >= kSampleInterval) {
    add_sample(sample_worst_);
    sample_begin_ = arrival;
    sample_worst_ = 0;
  }
}

void DelayEstimator::begin_slot(std::int64_t arrival) {
  const std::int64_t current = arrival / kSlotUnits;
  const std::int64_t steps = std::min<std::int64_t>(current - slot_, static_cast<std::int64_t>(kSlots));
  for (std::int64_t i = 1; i <= steps; ++i) minima_[static_cast<std::size_t>(slot_ + i) % kSlots] = kNever;
  slot_ = current;
  slot_end_ = (slot_ + 1) * kSlotUnits;
  fastest_ = *std::min_element(minima_.begin(), minima_.end());
}

void DelayEstimator::add_sample(std::int64_t delay) {
  const auto bucket = static_cast<std::size_t>(std::clamp<std::int64_t>(delay / kBucketUnits, 0, kBuckets - 1));
  ++samples_;
  const double forget =
      std::min(kForget, 1.0 - 2.0 / (samples_ + 1.0));  // Few samples count fully: the start converges in seconds.
  for (double& share : histogram_) share *= forget;
  histogram_[bucket] += 1.0 - forget;

  double sum = 0;
  std::size_t quantile = 0;
  while (quantile < kBuckets - 1 && (sum += histogram_[quantile]) < kQuantile) ++quantile;
  target_ = (static_cast<std::int64_t>(quantile) + 1) * kBucketUnits;
}

}  // namespace offhook::inline v0::rtp
