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

/// How long after their time ticks were done: the part that was late and the part that was work.
struct TickTimes {
  std::uint64_t ticks = 0;
  base::Duration p50{}, p99{};  ///< upper ends of their buckets: at most an eighth too much
  base::Duration worst{};       ///< the same
};

/// Counts by duration, eight buckets to each doubling of microseconds. One thread adds, anybody reads: a reader may see a tick
/// more in one bucket than in the next, never a torn number.
class TickHistogram {
 public:
  static constexpr std::size_t kBuckets = 16 + 8 * 17;  ///< up to two seconds; what lasts longer counts there
  using Counts = std::array<std::uint64_t, kBuckets>;

  void add(base::Duration done_after) noexcept {
    auto& count = counts_[bucket_of(done_after)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);  // Only this thread writes.
  }

  void add_to(Counts& sum) const noexcept {
    for (std::size_t i = 0; i < kBuckets; ++i) sum[i] += counts_[i].load(std::memory_order_relaxed);
  }

  [[nodiscard]] static std::size_t bucket_of(base::Duration duration) noexcept {
    const auto microseconds = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
    const auto value = static_cast<std::uint64_t>(microseconds);
    if (value < 16) return static_cast<std::size_t>(value);
    const auto octave = static_cast<std::size_t>(std::bit_width(value)) - 5;  // 16 to 31 is the first.
    const auto eighth = static_cast<std::size_t>(value >> (octave + 1)) & 7;
    return std::min(16 + 8 * octave + eighth, kBuckets - 1);
  }
  /// The first duration that is too long for the bucket.
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
      // The first bucket with which at least the share has been seen.
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
