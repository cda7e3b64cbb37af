#pragma once

#include <offhook/rtp/srtp/index_window.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// The index windows of all sources under one master key. The table keeps each source as long as the key, because old packets of a forgotten source
/// could be replayed.
class SourceTable {
 public:
  static constexpr std::size_t kMaxSources = 64;

  /// Returns the window of a known source, or null.
  [[nodiscard]] IndexWindow* find(std::uint32_t ssrc) {
    if (count_ > 0 && ssrcs_[last_] == ssrc) return &windows_[last_];
    for (std::size_t i = 0; i < count_; ++i) {
      if (ssrcs_[i] != ssrc) continue;
      last_ = i;
      return &windows_[i];
    }
    return nullptr;
  }
  /// Adds a source that is not known yet. Call it only if is_full() is false.
  [[nodiscard]] IndexWindow& add(std::uint32_t ssrc) {
    last_ = count_++;
    ssrcs_[last_] = ssrc;
    return windows_[last_];
  }
  [[nodiscard]] bool is_full() const { return count_ == kMaxSources; }

 private:
  std::size_t count_ = 0, last_ = 0;  // last_ is the place of the source that was found or added last
  std::array<std::uint32_t, kMaxSources> ssrcs_{};
  std::array<IndexWindow, kMaxSources> windows_{};
};

}  // namespace offhook::inline v0::rtp
