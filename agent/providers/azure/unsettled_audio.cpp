#include <offhook/agent/providers/azure/unsettled_audio.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::azure {

void UnsettledAudio::add(std::span<const std::int16_t> pcm) {
  pcm_.insert(pcm_.end(), pcm.begin(), pcm.end());
  const std::size_t most = kMostSeconds * rate_hz_;
  if (pcm_.size() <= most) return;
  // Drops a second at a time, so that not every frame moves the rest.
  const std::size_t over = std::min(pcm_.size(), (pcm_.size() - most + rate_hz_ - 1) / rate_hz_ * rate_hz_);
  forgotten_ += over;
  drop_front(over);
}

void UnsettledAudio::settle(std::uint64_t sample) {
  const std::uint64_t until = std::min(sample, sent_);
  if (until > first_) drop_front(static_cast<std::size_t>(until - first_));
}

void UnsettledAudio::drop_front(std::size_t samples) {
  pcm_.erase(pcm_.begin(), pcm_.begin() + static_cast<std::ptrdiff_t>(samples));
  first_ += samples;
  sent_ = std::max(sent_, first_);
}

void UnsettledAudio::clear() {
  pcm_ = {};  // Frees the memory too, because most calls are silent most of the time.
  first_ = sent_ = 0;
}

std::string UnsettledAudio::take(std::size_t samples) {
  samples = std::min(samples, unsent());
  const auto from = static_cast<std::size_t>(sent_ - first_);
  std::string octets;
  octets.reserve(2 * samples);
  for (const std::int16_t sample : std::span(pcm_).subspan(from, samples)) {
    const auto bits = static_cast<std::uint16_t>(sample);
    octets += static_cast<char>(bits & 0xFFU);
    octets += static_cast<char>(bits >> 8U);
  }
  sent_ += samples;
  return octets;
}

}  // namespace offhook::inline v0::agent::azure
