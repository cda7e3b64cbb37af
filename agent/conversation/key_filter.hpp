#pragma once

#include <offhook/base/time.hpp>

#include <array>
#include <chrono>
#include <cstdint>

namespace offhook::inline v0::agent {

/// Some peers tell a key twice: by INFO, and as RFC 4733 events or a tone in the audio. Takes each key once. Pure.
class KeyFilter {
 public:
  static constexpr base::Duration kSameKey = std::chrono::seconds(1);  ///< between the two ways of telling one key

  enum class By : std::uint8_t { Audio, Info };
  /// Returns false when the other way has told this key already.
  [[nodiscard]] bool takes(char key, By by, base::TimePoint now) {
    Told& other = told_[by == By::Audio ? 1 : 0];
    const base::Duration apart = now > other.at ? now - other.at : other.at - now;
    if (other.key == key && apart < kSameKey) {
      other.key = 0;
      return false;
    }
    told_[by == By::Audio ? 0 : 1] = {key, now};
    return true;
  }

 private:
  struct Told {
    char key = 0;
    base::TimePoint at{};
  };
  std::array<Told, 2> told_;  // the last key that each way has told, and the other has not repeated
};

}  // namespace offhook::inline v0::agent
