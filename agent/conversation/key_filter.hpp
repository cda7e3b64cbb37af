#pragma once

#include <offhook/base/time.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook::inline v0::agent {

/// Some peers report a key twice: by INFO, and in the audio as RFC 4733 events or a tone. One of these ways may be several keys late.
/// KeyFilter accepts each key once. Pure: no I/O, no clock.
class KeyFilter {
 public:
  static constexpr base::Duration kSameKey = std::chrono::seconds(1);  ///< longest time between the two reports of one key
  /// Number of keys by which one way may be late. If more keys wait, the oldest of them counts as a key that only one way reports.
  static constexpr std::size_t kMostBehind = 8;

  enum class By : std::uint8_t { Audio, Info };
  /// Returns false when the other way has reported this key already.
  [[nodiscard]] bool takes(char key, By by, base::TimePoint now) {
    auto& others = told_[by == By::Audio ? 1 : 0];
    const auto same = std::find_if(others.begin(), others.end(), [&](const Told& told) {
      return told.key == key && (now > told.at ? now - told.at : told.at - now) < kSameKey;
    });
    if (same != others.end()) {
      others.erase(others.begin(), same + 1);  // Both ways keep the order of keys, so the other way does not repeat earlier keys.
      return false;
    }
    auto& own = told_[by == By::Audio ? 0 : 1];
    if (own.size() == kMostBehind) own.erase(own.begin());
    own.push_back({key, now});
    return true;
  }

 private:
  struct Told {
    char key = 0;
    base::TimePoint at{};
  };
  std::array<std::vector<Told>, 2> told_;  // keys of each way that the other way has not repeated yet
};

}  // namespace offhook::inline v0::agent
