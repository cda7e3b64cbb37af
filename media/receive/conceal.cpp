#include <offhook/media/receive/conceal.hpp>

#include <offhook/media/dsp/likeness.hpp>

#include <algorithm>
#include <cmath>

namespace offhook::inline v0::media {
namespace {

constexpr std::size_t kHighestPitchHz = 400, kLowestPitchHz = 66;
constexpr std::size_t kCoarseRate = 4000;
constexpr std::size_t kCoarseWindow = kCoarseRate / 50, kCoarseLongest = kCoarseRate / kLowestPitchHz;
constexpr std::size_t kMaxWindow = Concealer::kMaxRate / 50, kMaxNear = 2 * Concealer::kMaxRate / kCoarseRate;
constexpr float kVoicedCorrelation = 0.3F;
constexpr float kSteepestFall = 0.7F;      // lowest factor of the level, per period, with which a fading voice continues
constexpr float kLeastFall = 0.65F;        // lowest factor of the level in total, besides the fade
constexpr float kMultipleMargin = 0.9F;    // a shorter period with this share of the best correlation wins: the longer period is a multiple of it

}  // namespace

Concealer::Concealer(std::uint32_t rate_hz)
    : rate_(rate_hz == 16000 || rate_hz == 24000 ? rate_hz : 8000), history_size_(rate_ / 20),
      full_(rate_ * kFullMs / 1000), gone_(rate_ * kGoneMs / 1000), fade_(1.0F / static_cast<float>(gone_ - full_)),
      history_(history_size_ + kFramesAhead * rate_ / 50), end_(history_size_), repeated_(history_size_) {}

void Concealer::reset() noexcept {
  std::fill(history_.begin(), history_.end(), std::int16_t{0});
  end_ = history_size_;
  gap_ = 0;
  heard_ = false;
}

void Concealer::remember(std::span<const std::int16_t> samples) noexcept {
  const auto newest = samples.last(std::min(samples.size(), rate_ / 50));
  if (end_ + newest.size() > history_.size()) {
    std::copy_n(past(), history_size_, history_.begin());
    end_ = history_size_;
  }
  std::copy(newest.begin(), newest.end(), history_.begin() + static_cast<std::ptrdiff_t>(end_));
  end_ += newest.size();
}

/// Returns the lag in samples, searched at kCoarseRate, at which the last 20 ms are most similar to earlier audio. Returns 0 if no earlier audio is
/// similar.
std::size_t Concealer::look_coarsely() const noexcept {
  const std::size_t step = rate_ / kCoarseRate;
  std::array<float, kCoarseWindow + kCoarseLongest> past;
  thin_out(this->past() + (history_size_ - past.size() * step), step, past);
  const float* const recent = past.data() + kCoarseLongest;
  std::array<float, kCoarseLongest + 1> found{};
  constexpr std::size_t kShortest = kCoarseRate / kHighestPitchHz;
  for (std::size_t lag = kShortest; lag <= kCoarseLongest; ++lag) found[lag] = likeness(recent, recent - lag, kCoarseWindow);
  const float best = *std::max_element(found.begin(), found.end());
  if (best < kVoicedCorrelation) return 0;
  for (std::size_t lag = kShortest; lag <= kCoarseLongest; ++lag) {
    const bool peak = found[lag] >= found[lag - 1] && (lag == kCoarseLongest || found[lag] >= found[lag + 1]);
    if (peak && found[lag] >= kMultipleMargin * best) return lag * step;
  }
  return kCoarseLongest * step;
}

/// Finds the pitch period. Without a pitch, uses the longest period.
void Concealer::find_period() noexcept {
  const std::size_t longest = rate_ / kLowestPitchHz, near = rate_ / kCoarseRate, window = rate_ / 50;
  const std::size_t coarse = look_coarsely();
  voiced_ = coarse != 0;
  period_ = longest;
  if (!voiced_) return;
  const std::size_t first = std::max(coarse - near, rate_ / kHighestPitchHz), last = std::min(coarse + near, longest);
  std::array<float, kMaxWindow> recent;
  std::array<float, kMaxWindow + kMaxNear> before;
  const std::int16_t* const begin = past() + (history_size_ - window);
  for (std::size_t i = 0; i < window; ++i) recent[i] = begin[i];
  const std::int16_t* const earliest = begin - last;
  for (std::size_t i = 0; i < window + last - first; ++i) before[i] = earliest[i];
  float best = 0;
  for (std::size_t lag = first; lag <= last; ++lag) {
    const float value = likeness(recent.data(), &before[last - lag], window);
    if (value <= best) continue;
    best = value;
    period_ = lag;
  }
}

void Concealer::begin_gap() noexcept {
  find_period();
  std::copy_n(past(), history_size_, repeated_.begin());
  left_ = back_ = period_;
  measure_levels();
  mirrored_ = 0;
}

/// Measures the level of the newest period relative to each period that may be repeated, and how fast the voice was fading.
void Concealer::measure_levels() noexcept {
  std::array<float, kMaxPeriods> power{};
  const std::int16_t* begin = repeated_.data() + history_size_;
  for (float& sum : power) {
    begin -= period_;
    sum = 1;
    for (std::size_t i = 0; i < period_; ++i) sum += static_cast<float>(begin[i]) * static_cast<float>(begin[i]);
  }
  for (std::size_t i = 0; i < kMaxPeriods; ++i) level_[i] = std::min(std::sqrt(power[0] / power[i]), 1.0F);
  const float fall = std::clamp(std::sqrt(power[0] / power[1]), kSteepestFall, 1.0F);
  by_period_ = 1.0F / static_cast<float>(period_);
  fall_ = std::pow(fall, by_period_);
  fallen_ = 1;
}

/// Returns the sample at `at` with the level of the newest period, because a fading voice was louder before.
float Concealer::levelled(std::size_t at) const noexcept {
  const float periods_ago = static_cast<float>(history_size_ - 1 - at) * by_period_ - 0.5F;
  const float place = std::clamp(periods_ago, 0.0F, static_cast<float>(kMaxPeriods - 1));
  const std::size_t newer = std::min(static_cast<std::size_t>(place), kMaxPeriods - 2);
  const float level = level_[newer] + (level_[newer + 1] - level_[newer]) * (place - static_cast<float>(newer));
  return static_cast<float>(repeated_[at]) * level;
}

/// Returns the next sample of the repetition. The end of the history is blended into the audio before the place where the repetition continues.
float Concealer::next_repeated() noexcept {
  if (left_ == overlap()) {
    const std::size_t periods = voiced_ ? std::min(kMaxPeriods, 1 + gap_ * 100 / rate_) : kMaxPeriods;
    back_ = periods * period_;
  }
  const std::size_t at = history_size_ - left_;
  float value = levelled(at);
  if (left_ <= overlap()) {
    const float share = static_cast<float>(overlap() + 1 - left_) / static_cast<float>(overlap() + 1);
    value += (levelled(at - back_) - value) * share;
  }
  if (--left_ == 0) left_ = back_;
  return value;
}

float Concealer::next_made_up() noexcept {
  if (!heard_ || gap_ >= gone_) {
    ++gap_;
    return 0;
  }
  float value = next_repeated();
  if (mirrored_ < overlap()) {
    const float share = static_cast<float>(mirrored_ + 1) / static_cast<float>(overlap() + 1);
    const float back = repeated_[history_size_ - 1 - mirrored_++];
    value = back + (value - back) * share;
  }
  value *= fallen_;
  if (fallen_ > kLeastFall) fallen_ *= fall_;
  const std::size_t at = gap_++;
  return at < full_ ? value : value * static_cast<float>(gone_ - at) * fade_;
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
