#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace offhook::inline v0::media {

/// What there is to do for each of many, of which kMostAtOnce are done with in a run(), first come, first served, and the others wait: a
/// conference of 500 may end within one phase of 1 ms, and those who talk on are ticked in the next one.
template <class T>
class PacedQueue {
 public:
  static constexpr std::size_t kMostAtOnce = 8;  ///< to close the sockets of one takes some 10 us

  explicit PacedQueue(std::size_t most) { items_.reserve(most); }
  void push(T& item) { items_.push_back(&item); }
  [[nodiscard]] bool empty() const { return items_.empty(); }

  template <class Work>
  void run(const Work& work) {
    if (items_.empty()) return;  // Nearly always.
    const auto end = items_.begin() + static_cast<std::ptrdiff_t>(std::min(items_.size(), kMostAtOnce));
    std::for_each(items_.begin(), end, [&](T* item) { work(*item); });
    items_.erase(items_.begin(), end);
  }

 private:
  std::vector<T*> items_;  // the oldest first
};

}  // namespace offhook::inline v0::media
