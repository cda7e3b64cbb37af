#include <offhook/media/engine/tick_histogram.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using offhook::media::TickHistogram;
using offhook::media::TickTimes;

namespace {

TickTimes times_of(const TickHistogram& histogram) {
  TickHistogram::Counts counts{};
  histogram.add_to(counts);
  return TickHistogram::times_of(counts);
}

}  // namespace

TEST_CASE("bucket_of() returns the bucket that contains the duration. The end of a bucket is at most an eighth above its beginning") {
  std::size_t last = 0;
  for (auto duration = 0us; duration < 2'000'000us; duration += duration < 100us ? 1us : 97us) {
    const auto bucket = TickHistogram::bucket_of(duration);
    CHECK(bucket >= last);
    CHECK(bucket < TickHistogram::kBuckets);
    CHECK(duration < TickHistogram::end_of(bucket));
    if (bucket > 0) CHECK(duration >= TickHistogram::end_of(bucket - 1));
    if (duration >= 16us) CHECK(TickHistogram::end_of(bucket) <= duration + duration / 8 + 1us);
    last = bucket;
  }
}

TEST_CASE("bucket_of() returns the last bucket for a duration beyond all buckets, and the first one for a negative duration") {
  CHECK(TickHistogram::bucket_of(1h) == TickHistogram::kBuckets - 1);
  CHECK(TickHistogram::bucket_of(-1s) == 0);
}

TEST_CASE("The 99th percentile of TickHistogram covers 99 of 100 ticks. The slowest of 100 ticks affects only the worst time") {
  TickHistogram histogram;
  CHECK(times_of(histogram).ticks == 0);
  CHECK(times_of(histogram).p99 == 0us);
  for (int i = 0; i < 99; ++i) histogram.add(5us);
  histogram.add(15ms);
  const auto times = times_of(histogram);
  CHECK(times.ticks == 100);
  CHECK(times.p50 == 6us);
  CHECK(times.p99 == 6us);
  CHECK(times.worst > 15ms);
  histogram.add(15ms);
  CHECK(times_of(histogram).p99 > 15ms);
}
