#pragma once

#include <offhook/rtp/srtp/index_window.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// The index windows of all sources under one master key. If there are more than kMaxSources sources, the table drops the window of the least recently used
/// source. From then on it refuses this source, because without the window an attacker could replay its packets.
class SourceTable {
 public:
  static constexpr std::size_t kMaxSources = 64;
  static constexpr std::size_t kMaxForgotten = 448;

  /// Returns the window of the source, or nullptr if the source is new or its window was dropped.
  [[nodiscard]] IndexWindow* find(std::uint32_t ssrc) {
    if (count_ > 0 && ssrcs_[last_] == ssrc) return &windows_[last_];
    for (std::size_t i = 0; i < count_; ++i) {
      if (ssrcs_[i] == ssrc) return &use(i);
    }
    return nullptr;
  }
  /// Returns true if add() may add this source. Call it only if find() returned nullptr.
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

  std::size_t count_ = 0, last_ = 0, forgotten_count_ = 0;  // last_ is the position of the most recently used source
  std::uint64_t use_count_ = 0;
  std::array<std::uint32_t, kMaxSources> ssrcs_{};
  std::array<IndexWindow, kMaxSources> windows_{};
  std::array<std::uint64_t, kMaxSources> uses_{};           // number of the latest use of each source: a smaller number is an older use
  std::array<std::uint32_t, kMaxForgotten> forgotten_{};
};

}  // namespace offhook::inline v0::rtp
