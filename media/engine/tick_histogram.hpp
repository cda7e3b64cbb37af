#pragma once

#include <offhook/base/time.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::media {

/// The time from a tick's due time to its end, which contains its lateness and its work.
struct TickTimes {
  std::uint64_t ticks = 0;
  base::Duration p50{}, p99{};  ///< upper limits of their buckets: at most an eighth too large
  base::Duration worst{};       ///< upper limit of its bucket
};

/// Counts by duration, with eight buckets for each doubling of microseconds. One thread adds, any thread reads. A reader may see a new tick and miss
/// an older one, but never sees a torn number.
class TickHistogram {
 public:
  static constexpr std::size_t kBuckets = 16 + 8 * 17;  ///< up to two seconds; the last bucket also counts longer ones
  using Counts = std::array<std::uint64_t, kBuckets>;

  void add(base::Duration done_after) noexcept {
    auto& count = counts_[bucket_of(done_after)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);  // only this thread writes
  }

  void add_to(Counts& sum) const noexcept {
    for (std::size_t i = 0; i < kBuckets; ++i) sum[i] += counts_[i].load(std::memory_order_relaxed);
  }

  [[nodiscard]] static std::size_t bucket_of(base::Duration duration) noexcept {
    const auto microseconds = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
    const auto value = static_cast<std::uint64_t>(microseconds);
    if (value < 16) return static_cast<std::size_t>(value);
    const auto octave = static_cast<std::size_t>(std::bit_width(value)) - 5;  // 16 to 31 is the first octave
    const auto eighth = static_cast<std::size_t>(value >> (octave + 1)) & 7;
    return std::min(16 + 8 * octave + eighth, kBuckets - 1);
  }
  /// Returns the first duration that is too long for the bucket.
  [[nodiscard]] static base::Duration end_of(std::size_t bucket) noexcept {
    if (bucket < 16) return std::chrono::microseconds(bucket + 1);
    const std::size_t octave = (bucket - 16) / 8, eighth = (bucket - 16) % 8;
    return std::chrono::microseconds((9 + eighth) << (octave + 1));
  }

  [[nodiscard]] static TickTimes times_of(const Counts& counts) noexcept {
    TickTimes times;
    for (const auto count : counts) times.ticks += count;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      if (counts[i] == 0) continue;
      // The first bucket that, with all buckets before it, reaches this share.
      if (seen * 2 < times.ticks) times.p50 = end_of(i);
      if (seen * 100 < times.ticks * 99) times.p99 = end_of(i);
      times.worst = end_of(i);
      seen += counts[i];
    }
    return times;
  }

 private:
  std::array<std::atomic<std::uint64_t>, kBuckets> counts_{};
};

}  // namespace offhook::inline v0::media
