#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace offhook::inline v0::media {

/// Spreads work for many items over several run(). Each run() processes the oldest kMostAtOnce items, and the others wait. The reason: a conference
/// of 500 may end within one phase of 1 ms, and the legs of other calls are ticked in the next phase.
template <class T>
class PacedQueue {
 public:
  static constexpr std::size_t kMostAtOnce = 8;  ///< closing the sockets of one leg takes some 10 us

  explicit PacedQueue(std::size_t most) { items_.reserve(most); }
  void push(T& item) { items_.push_back(&item); }
  [[nodiscard]] bool empty() const { return items_.empty(); }

  template <class Work>
  void run(const Work& work) {
    if (items_.empty()) return;  // Nearly always true.
    const auto end = items_.begin() + static_cast<std::ptrdiff_t>(std::min(items_.size(), kMostAtOnce));
    std::for_each(items_.begin(), end, [&](T* item) { work(*item); });
    items_.erase(items_.begin(), end);
  }

 private:
  std::vector<T*> items_;  // oldest first
};

}  // namespace offhook::inline v0::media
