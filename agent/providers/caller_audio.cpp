#include <offhook/agent/providers/caller_audio.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

void CallerAudio::add(std::span<const std::uint8_t> octets) {
  total_ += octets.size();
  octets_.insert(octets_.end(), octets.begin(), octets.end());
  const std::size_t most = kMostMs * octets_per_ms(format_);
  if (octets_.size() <= most) return;
  const std::size_t step = kStepMs * octets_per_ms(format_);
  std::size_t cut = (octets_.size() - most + step - 1) / step * step;  // Removes whole steps, so that no sample is cut.
  cut = std::min(cut, octets_.size());
  octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(cut));
  forgotten_ += cut;
}

void CallerAudio::forget() {
  octets_ = {};  // Also free the memory: most callers are silent most of the time.
  total_ = 0;
}

}  // namespace offhook::inline v0::agent
