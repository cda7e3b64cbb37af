#pragma once

#include <offhook/base/time.hpp>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::store {

struct BacklogLimits {
  std::size_t items = 8192;
  std::size_t octets = 16U << 20U;  ///< approximate octets of memory that all items together may use
};

struct BacklogCounters {
  std::uint64_t committed = 0, refused = 0, failures = 0;
  std::size_t waiting = 0;          ///< number of items that are not on the disk yet
  std::size_t failures_in_row = 0;  ///< failed writes since the last success
};

/// The items that wait to be written, and the time of the next attempt. It does no I/O: the store's thread has the clock and the files. A full backlog
/// refuses new items. Item needs two functions: weight_of(item) returns the octets of memory that it occupies, and group_of(item) returns the name of
/// its group; one write takes items of one group.
template <class Item>
class Backlog {
 public:
  static constexpr std::size_t kMaxGroup = 256;
  static constexpr base::Duration kFirstRetry = std::chrono::milliseconds(500);
  static constexpr base::Duration kLongestRetry = std::chrono::seconds(15);

  /// `gather` is the time for which the first item waits, so that one sync serves many items.
  Backlog(BacklogLimits limits, base::Duration gather) : limits_(limits), gather_(gather) {}

  [[nodiscard]] bool try_add(Item item, base::TimePoint now) {
    const std::size_t octets = weight_of(item);
    if (items_.size() + taken_ >= limits_.items || octets_ + octets > limits_.octets) {
      ++counters_.refused;
      refusing_ = true;
      return false;
    }
    octets_ += octets;
    items_.push_back(std::move(item));
    if (!due_ && taken_ == 0) due_ = now + gather_;
    return true;
  }

  /// Returns the time from which the store's thread should invoke take(); nullopt while no item waits, or while a write is in progress.
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return due_; }
  [[nodiscard]] bool is_due(base::TimePoint now) const { return due_ && now >= *due_; }

  /// Takes the items of the oldest item's group, at most kMaxGroup, in their order. After the write, the store's thread must invoke either
  /// committed() or failed(), once.
  [[nodiscard]] std::vector<Item> take() {
    assert(taken_ == 0);
    std::vector<Item> taken;
    due_.reset();
    if (items_.empty()) return taken;
    const std::string group(group_of(items_.front()));
    auto end = items_.begin(), other = end;  // Items of other groups stay: they move to the front, before `other`.
    for (; end != items_.end() && taken.size() < kMaxGroup; ++end) {
      if (group_of(*end) == group) {
        taken_octets_ += weight_of(*end);
        taken.push_back(std::move(*end));
      } else {
        *other++ = std::move(*end);
      }
    }
    items_.erase(other, end);
    taken_ = taken.size();
    return taken;
  }

  void committed(base::TimePoint now) {
    counters_.committed += std::exchange(taken_, 0);
    octets_ -= std::exchange(taken_octets_, 0);
    counters_.failures_in_row = 0;
    refusing_ = false;
    if (!items_.empty()) due_ = now;  // The remaining items have already waited for the time `gather`.
  }
  /// Puts the items back to the front. The wait for the next attempt doubles with each failure in a row, up to kLongestRetry.
  void failed(std::vector<Item> items, base::TimePoint now) {
    assert(items.size() == taken_);
    items_.insert(items_.begin(), std::make_move_iterator(items.begin()), std::make_move_iterator(items.end()));
    taken_ = taken_octets_ = 0;
    ++counters_.failures;
    const auto doublings = std::min<std::size_t>(counters_.failures_in_row++, 5);
    due_ = now + std::min(kLongestRetry, kFirstRetry * (std::int64_t{1} << doublings));
  }

  [[nodiscard]] BacklogCounters counters() const {
    BacklogCounters counters = counters_;
    counters.waiting = items_.size() + taken_;
    return counters;
  }
  /// Returns true if the backlog was full and has refused an item since the last successful write.
  [[nodiscard]] bool is_refusing() const { return refusing_; }
  [[nodiscard]] bool is_failing() const { return counters_.failures_in_row > 0; }

 private:
  const BacklogLimits limits_;
  const base::Duration gather_;
  std::deque<Item> items_;
  std::size_t octets_ = 0;                    // octets of waiting and taken items
  std::size_t taken_ = 0, taken_octets_ = 0;  // number and octets of the items that the thread has taken, and not yet committed or failed
  bool refusing_ = false;
  std::optional<base::TimePoint> due_;
  BacklogCounters counters_;
};

}  // namespace offhook::inline v0::agent::store
