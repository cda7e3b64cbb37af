#include <offhook/media/conceal.hpp>

#include <algorithm>
#include <cmath>

namespace offhook::inline v0::media {
namespace {

constexpr std::size_t kHighestPitchHz = 400, kLowestPitchHz = 66;
constexpr double kVoicedCorrelation = 0.5;
constexpr double kMultipleMargin =
    0.9;  // A shorter period that is nearly as good wins: it is the pitch, the other one a multiple.

std::int16_t to_sample(float value) {
  return static_cast<std::int16_t>(std::lrintf(std::clamp(value, -32768.0f, 32767.0f)));
}

}  // namespace

Concealer::Concealer(std::uint32_t rate_hz)
    : rate_(rate_hz == 16000 || rate_hz == 24000 ? rate_hz : 8000), history_size_(rate_ / 20) {}

void Concealer::reset() noexcept {
  history_.fill(0);
  period_size_ = period_at_ = gap_ = jump_left_ = 0;
  heard_ = false;
}

void Concealer::remember(std::span<const std::int16_t> samples) noexcept {
  const auto past = std::span(history_).first(history_size_);
  const std::size_t count = std::min(samples.size(), past.size());
  std::copy(past.begin() + static_cast<std::ptrdiff_t>(count), past.end(), past.begin());
  std::copy(samples.end() - static_cast<std::ptrdiff_t>(count), samples.end(), past.end() - static_cast<std::ptrdiff_t>(count));
}

/// The lag at which the last 20 ms resemble what went before them most; the longest one when nothing does.
std::size_t Concealer::find_period() const noexcept {
  const std::size_t window = rate_ / 50;
  const std::size_t shortest = rate_ / kHighestPitchHz, longest = rate_ / kLowestPitchHz;
  const std::int16_t* recent = &history_[history_size_ - window];
  const auto correlation = [&](std::size_t lag) {
    double product = 0, energy = 0, own = 0;
    for (std::size_t i = 0; i < window; ++i) {
      const double now = recent[i], before = *(recent + i - lag);
      product += now * before;
      energy += before * before;
      own += now * now;
    }
    return energy * own > 0 ? product / std::sqrt(energy * own) : 0.0;
  };
  std::array<double, kMaxPeriod + 1> found{};
  double best = 0;
  for (std::size_t lag = shortest; lag <= longest; ++lag) {
    found[lag] = correlation(lag);
    best = std::max(best, found[lag]);
  }
  if (best < kVoicedCorrelation) return longest;
  for (std::size_t lag = shortest; lag <= longest; ++lag) {
    const bool peak = (lag == shortest || found[lag] >= found[lag - 1]) && (lag == longest || found[lag] >= found[lag + 1]);
    if (peak && found[lag] >= kMultipleMargin * best) return lag;
  }
  return longest;
}

void Concealer::begin_gap() noexcept {
  period_size_ = find_period();
  period_at_ = 0;
  const std::int16_t* end = history_.data() + history_size_;
  const std::int16_t* begin = end - period_size_;
  for (std::size_t i = 0; i < period_size_; ++i) period_[i] = begin[i];
  const std::size_t overlap = period_size_ / 4;   // The period's end leads over to its own beginning.
  for (std::size_t i = 0; i < overlap; ++i) {
    const float share = static_cast<float>(i + 1) / static_cast<float>(overlap + 1);
    const std::size_t at = period_size_ - overlap + i;
    period_[at] = period_[at] * (1 - share) + static_cast<float>(*(begin - overlap + i)) * share;
  }
  jump_ = static_cast<float>(end[-1]) - static_cast<float>(begin[-1]);
  jump_left_ = overlap;
}

float Concealer::next_made_up() noexcept {
  const std::size_t full = rate_ / 100, gone = rate_ * 60 / 1000;   // 10 ms at full level, silent after 60
  const std::size_t at = gap_++;
  if (!heard_ || at >= gone) return 0;
  float value = period_[period_at_];
  period_at_ = (period_at_ + 1) % period_size_;
  if (jump_left_ != 0) {
    value += jump_ * static_cast<float>(jump_left_) / static_cast<float>(period_size_ / 4 + 1);
    --jump_left_;
  }
  return at < full ? value : value * static_cast<float>(gone - at) / static_cast<float>(gone - full);
}

void Concealer::conceal(std::span<std::int16_t> out) noexcept {
  if (heard_ && gap_ == 0) begin_gap();
  for (std::int16_t& sample : out) sample = to_sample(next_made_up());
  remember(out);
}

void Concealer::good(std::span<std::int16_t> frame, bool seam) noexcept {
  if (frame.empty()) return;
  if (gap_ != 0 || (seam && heard_)) {
    if (gap_ == 0) begin_gap();
    const std::size_t blend = std::min(blend_samples(), frame.size());
    for (std::size_t i = 0; i < blend; ++i) {
      const float share = static_cast<float>(i + 1) / static_cast<float>(blend + 1);
      frame[i] = to_sample(next_made_up() * (1 - share) + static_cast<float>(frame[i]) * share);
    }
  }
  gap_ = 0;
  heard_ = true;
  remember(frame);
}

}  // namespace offhook::inline v0::media
