#include <offhook/agent/demo/turn_meter.hpp>

#include <algorithm>
#include <cmath>

namespace offhook::inline v0::agent::demo {

namespace {

const double kThreshold = 32768.0 * std::pow(10.0, kVoicedDbov / 20.0);

bool is_voiced(std::span<const std::int16_t> window) {
  double energy = 0;
  for (const std::int16_t sample : window) energy += static_cast<double>(sample) * sample;
  return !window.empty() && energy / static_cast<double>(window.size()) > kThreshold * kThreshold;
}

bool is_loud(std::int16_t sample) { return std::abs(static_cast<int>(sample)) > kThreshold; }

}  // namespace

std::optional<std::size_t> first_voiced(std::span<const std::int16_t> pcm, std::uint32_t rate_hz, std::size_t from, std::size_t to) {
  const std::size_t window = rate_hz / 200;
  to = std::min(to, pcm.size());
  for (std::size_t at = from; at + window <= to; at += window) {
    const auto part = pcm.subspan(at, window);
    if (!is_voiced(part)) continue;
    return at + static_cast<std::size_t>(std::find_if(part.begin(), part.end(), is_loud) - part.begin());
  }
  return std::nullopt;
}

std::optional<std::size_t> last_voiced(std::span<const std::int16_t> pcm, std::uint32_t rate_hz, std::size_t from, std::size_t to) {
  const std::size_t window = rate_hz / 200;
  to = std::min(to, pcm.size());
  for (std::size_t end = to; end >= from + window; end -= window) {
    const auto part = pcm.subspan(end - window, window);
    if (!is_voiced(part)) continue;
    const auto last = std::find_if(part.rbegin(), part.rend(), is_loud);
    return end - 1 - static_cast<std::size_t>(last - part.rbegin());
  }
  return std::nullopt;
}

std::optional<double> response_ms(const Recording& recording, std::size_t question_begin, std::size_t question_end, std::size_t until) {
  const auto asked = last_voiced(recording.sent, recording.rate_hz, question_begin, question_end);
  if (!asked) return std::nullopt;
  const auto answered = first_voiced(recording.heard, recording.rate_hz, *asked, until);
  if (!answered) return std::nullopt;
  return static_cast<double>(*answered - *asked) * 1000.0 / recording.rate_hz;
}

}  // namespace offhook::inline v0::agent::demo
