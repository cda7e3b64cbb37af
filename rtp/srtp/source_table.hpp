#pragma once

#include <offhook/rtp/srtp/index_window.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// The index windows of all sources under one master key. If there are more than kMaxSources, the table forgets the window of the source that was used
/// longest ago, and refuses that source from then on, because its old packets could be replayed.
class SourceTable {
 public:
  static constexpr std::size_t kMaxSources = 64;
  static constexpr std::size_t kMaxForgotten = 448;

  /// Returns the window of a known source, or null.
  [[nodiscard]] IndexWindow* find(std::uint32_t ssrc) {
    if (count_ > 0 && ssrcs_[last_] == ssrc) return &windows_[last_];
    for (std::size_t i = 0; i < count_; ++i) {
      if (ssrcs_[i] == ssrc) return &use(i);
    }
    return nullptr;
  }
  /// Returns true if add() may add this source, which find() does not know.
  [[nodiscard]] bool has_room_for(std::uint32_t ssrc) const {
    if (count_ == kMaxSources && forgotten_count_ == kMaxForgotten) return false;
    const auto end = forgotten_.begin() + static_cast<std::ptrdiff_t>(forgotten_count_);
    return std::find(forgotten_.begin(), end, ssrc) == end;
  }
  /// Adds a source. Call it only if has_room_for() is true.
  [[nodiscard]] IndexWindow& add(std::uint32_t ssrc) {
    std::size_t place = count_;
    if (count_ < kMaxSources) {
      ++count_;
    } else {
      place = static_cast<std::size_t>(std::min_element(uses_.begin(), uses_.end()) - uses_.begin());
      forgotten_[forgotten_count_++] = ssrcs_[place];
    }
    ssrcs_[place] = ssrc;
    return use(place) = {};
  }

 private:
  IndexWindow& use(std::size_t place) {
    last_ = place;
    uses_[place] = ++use_count_;
    return windows_[place];
  }

  std::size_t count_ = 0, last_ = 0, forgotten_count_ = 0;  // last_ is the place of the source that was used last
  std::uint64_t use_count_ = 0;
  std::array<std::uint32_t, kMaxSources> ssrcs_{};
  std::array<IndexWindow, kMaxSources> windows_{};
  std::array<std::uint64_t, kMaxSources> uses_{};           // the number of the latest use of each source
  std::array<std::uint32_t, kMaxForgotten> forgotten_{};
};

}  // namespace offhook::inline v0::rtp
